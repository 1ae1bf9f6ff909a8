"""What the server's worker processes take of memory and processor, second by second."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import fmean
from time import monotonic
from typing import Self

import psutil

EVERY = 1.0
"""Seconds between two samples."""
GROWTH = 0.05
"""Share by which the last third of a soak may lie above or below the first."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment. rss, pss: bytes of each worker, where a page that n processes share counts 1/n in pss; cpu: seconds
    that the server has used so far, all its processes together."""

    at: float
    pids: tuple[int, ...]
    rss: tuple[int, ...]
    pss: tuple[int, ...]
    cpu: float


@dataclass(frozen=True, slots=True)
class Use:
    """What a stretch of time took: bytes of each worker on average, and processors kept busy."""

    rss: tuple[float, ...]
    pss: tuple[float, ...]
    cores: float


@dataclass
class Watch:
    """Samples the workers below a process while the block lasts. A moment at which one of them ended is left out: the
    next sample shows another in its place."""

    pid: int
    samples: list[Sample] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()

    def use(self, began: float, ended: float) -> Use:
        """Raises ValueError where fewer than two samples were taken in between."""
        return use_of(between(self.samples, began, ended))

    def _run(self) -> None:
        supervisor = psutil.Process(self.pid)
        while not self._enough.wait(EVERY):
            with suppress(psutil.Error):
                self.samples.append(_sample(supervisor))


def workers_of(supervisor: psutil.Process) -> list[psutil.Process]:
    """The processes that answer: what it has spawned, or itself where it answers alone."""
    spawned = [child for child in supervisor.children() if any("spawn_main" in word for word in child.cmdline())]
    return spawned or [supervisor]


def between(samples: Sequence[Sample], began: float, ended: float) -> list[Sample]:
    """Those taken from began to ended."""
    return [sample for sample in samples if began <= sample.at <= ended]


def use_of(samples: Sequence[Sample]) -> Use:
    """Raises ValueError where there are fewer than two samples, or not of the same workers."""
    if len(samples) < 2 or len({sample.pids for sample in samples}) > 1:
        raise ValueError("two samples of the same workers are needed")
    first, *_, last = samples
    return Use(
        rss=tuple(map(fmean, zip(*(sample.rss for sample in samples), strict=True))),
        pss=tuple(map(fmean, zip(*(sample.pss for sample in samples), strict=True))),
        cores=(last.cpu - first.cpu) / (last.at - first.at),
    )


def growth(samples: Sequence[Sample]) -> float:
    """How much more memory (pss, all workers) the last third took than the first, as a share of the first.

    Raises ValueError where there are fewer than three samples.
    """
    third = len(samples) // 3
    if not third:
        raise ValueError("three samples are needed")
    first, last = (fmean(sum(sample.pss) for sample in part) for part in (samples[:third], samples[-third:]))
    return last / first - 1


def _sample(supervisor: psutil.Process) -> Sample:
    workers = workers_of(supervisor)
    memory = [worker.memory_full_info() for worker in workers]
    family = [supervisor, *supervisor.children(recursive=True)]
    cpu = sum(times.user + times.system for times in (process.cpu_times() for process in family))
    return Sample(
        monotonic(),
        tuple(worker.pid for worker in workers),
        tuple(each.rss for each in memory),
        tuple(each.pss for each in memory),
        cpu,
    )
