"""Rising load until the slowest of a hundred answers takes too long; then a steady one, and what becomes of memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console

from eval.load.watching import GROWTH, Use, Watch, between, growth
from eval.server import HOST, ROOT, ServerFault, own_and_unlimited, serving

LIMIT = 100.0
"""Milliseconds that 99 of 100 answers may take."""
QUESTION = "提问"
FIRST, MOST = 5, 640
"""People of the first step, and more than can be simulated beside a server."""
SETTLE, MEASURED, HELD = 4.0, 15.0, 30.0
"""Seconds of a step that do not count, and that do; of the last one, which is to show that it can be sustained."""
WARM_UP = 10.0
FILLING = 6
"""A sixth of a soak goes before it and does not count: until as many answers are kept as ever will be."""
FINER = 1.15
"""The search ends where the next step would be nearer than this to one that is known."""
_STARTS_WITHIN = 120.0
_ANNOUNCED = "医养问策已就绪"


@dataclass(frozen=True, slots=True)
class Measured:
    """One step. rate: questions answered a second; requests: all requests a second; milliseconds are of questions.

    pace  processors that the people took, who are simulated on the same machine
    """

    people: int
    seconds: float
    rate: float
    requests: float
    p50: float
    p95: float
    p99: float
    errors: Mapping[str, int]
    use: Use
    pace: float

    @property
    def passes(self) -> bool:
        return not self.errors and self.p99 <= LIMIT


@dataclass(frozen=True, slots=True)
class Soak:
    """A steady load; growth of memory from its first third to its last, as a share."""

    measured: Measured
    growth: float

    @property
    def passes(self) -> bool:
        return not self.measured.errors and abs(self.growth) <= GROWTH


@dataclass(frozen=True, slots=True)
class Found:
    """All that was measured. best: what can be sustained; None where nothing can, or it was not looked for."""

    steps: tuple[Measured, ...]
    best: Measured | None
    soak: Soak | None

    @property
    def passes(self) -> bool:
        """Whether a load was found, if it was looked for, and the soak went well, if there was one."""
        return (not self.steps or self.best is not None) and (self.soak is None or self.soak.passes)


def under_load(
    settings: Mapping[str, str], gold: Path, workers: int, people: int, soak: float, console: Console
) -> Found:
    """Find the load that can be sustained, unless so many people are given; then soak with these, or half of what was
    found, for so many seconds, unless 0. Raises ServerFault."""
    steps: list[Measured] = []
    best = None

    def noted(measured: Measured) -> Measured:
        steps.append(measured)
        told = (
            f"{measured.people} 人，{measured.seconds:.0f} 秒：每秒 {measured.rate:.1f} 问，p99 {measured.p99:.0f} 毫秒"
        )
        console.print(told, style="dim", highlight=False)
        return measured

    with bench(settings, workers, gold, console) as running:
        if not people:
            tried = [noted(step) for step in rising(running.step)]
            held = [noted(step) for step in sustained(tried, lambda people: running.step(people, HELD))]
            best = held[-1] if held and held[-1].passes else None
        if not soak:
            return Found(tuple(steps), best, None)
        steady = people or (best.people // 2 if best else FIRST)
        console.print(f"持续 {soak:.0f} 秒，{steady} 人……", style="dim", highlight=False)
        return Found(tuple(steps), best, running.soak(max(steady, 1), soak))


class Bench:
    """A running server and people to ask it."""

    def __init__(self, people: subprocess.Popen[str], watch: Watch) -> None:
        self._people, self._watch = people, watch

    def step(self, people: int, seconds: float = MEASURED, settle: float = SETTLE) -> Measured:
        """Raises ServerFault where nothing was answered, or a worker had to be replaced."""
        return self._measured(people, self._count(people, seconds, settle))

    def soak(self, people: int, seconds: float) -> Soak:
        """Raises ServerFault as `step` does."""
        count = self._count(people, seconds, settle=seconds / FILLING)
        samples = between(self._watch.samples, count["began"], count["ended"])
        return Soak(self._measured(people, count), growth(samples))

    def _count(self, people: int, seconds: float, settle: float) -> dict[str, Any]:
        assert self._people.stdin is not None
        assert self._people.stdout is not None
        self._people.stdin.write(json.dumps({"people": people, "settle": settle, "seconds": seconds}) + "\n")
        self._people.stdin.flush()
        line = self._people.stdout.readline()
        if not line:
            raise ServerFault("压测进程中途退出。")
        count: dict[str, Any] = json.loads(line)
        return count

    def _measured(self, people: int, count: Mapping[str, Any]) -> Measured:
        times, seconds = count["times"].get(QUESTION, []), count["ended"] - count["began"]
        if not times:
            raise ServerFault(f"没有一个问题得到回答。{count['errors']}")
        try:
            use = self._watch.use(count["began"], count["ended"])
        except ValueError:
            raise ServerFault("有工作进程中途退出或被替换，原因见服务日志。") from None
        p50, p95, p99 = (float(each) for each in np.percentile(times, (50, 95, 99)))
        rate, requests = len(times) / seconds, sum(map(len, count["times"].values())) / seconds
        pace = count["cpu_seconds"] / seconds
        return Measured(people, seconds, rate, requests, p50, p95, p99, count["errors"], use, pace)


@contextmanager
def bench(settings: Mapping[str, str], workers: int, gold: Path, console: Console) -> Iterator[Bench]:
    """A server of its own, with a database of its own and no limits, until the block is left. Raises ServerFault.

    settings: the environment by which it opens the index.
    """
    with TemporaryDirectory(prefix="yiyang-load-") as folder:
        own = own_and_unlimited(Path(folder, "load.db"))
        log = Path(folder, "server.log")
        command = (sys.executable, "-m", "web", "--workers", str(workers))
        console.print(f"启动服务（{workers} 个进程）……", style="dim")
        with serving({**settings, **own}, log, command) as server:
            _wait_for(log)
            with _people(f"http://{HOST}:{server.port}", gold) as people, Watch(server.pid) as watch:
                made = Bench(people, watch)
                console.print(f"预热 {WARM_UP:.0f} 秒……", style="dim")
                made.step(FIRST, WARM_UP, settle=0)
                yield made


def rising(step: Callable[[int], Measured]) -> Iterator[Measured]:
    """Steps to where the load is too much: twice as many people until one fails, then half the distance, by ratio.

    One that is too slow is measured once more, for other programs use the machine too; none goes on from the first.
    """
    low, high, people = 0, MOST + 1, FIRST
    while people <= MOST:
        measured = step(people)
        yield measured
        if not measured.passes:
            measured = step(people)
            yield measured
        low, high = (people, high) if measured.passes else (low, people)
        people = 2 * low if high > MOST else round((low * high) ** 0.5)
        if people in (0, low, high) or (high <= MOST and people * FINER > high):
            return


def sustained(steps: Iterable[Measured], hold: Callable[[int], Measured]) -> Iterator[Measured]:
    """The steps that passed, the highest first, held for longer, until one passes again: the last is what can be
    sustained, if it passes."""
    for people in sorted((step.people for step in steps if step.passes), reverse=True):
        held = hold(people)
        yield held
        if held.passes:
            return


def _wait_for(log: Path) -> None:
    """Until all workers serve: the first one is ready some seconds before the last."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while _ANNOUNCED not in log.read_text(encoding="utf-8", errors="replace"):
        if time.monotonic() > deadline:
            raise ServerFault(f"工作进程 {_STARTS_WITHIN:.0f} 秒内没有全部就绪。")
        time.sleep(0.1)


@contextmanager
def _people(url: str, gold: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "eval.load.driver", url, str(gold.resolve())]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
