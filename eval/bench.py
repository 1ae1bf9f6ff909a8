"""How fast and how small: the server over HTTP, beside its encoder alone and beside the plain pipeline.

Measured in one run on one machine and interleaved question by question, so that every time can be given as a ratio
and a busy machine slows all sides alike. No question is sent twice to the server, so no cache flatters it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from eval.baselines import Embeds, PlainPipeline
from eval.gold import GoldQuestion
from eval.runner import Answers
from eval.server import Client, Server, own_and_unlimited, serving

STARTS = 3
CLIENTS = 8
ROUND_SECONDS = 20.0
"""No measurement takes longer, however slow the machine."""
_OPENINGS = ("请问", "您好，", "想问一下，", "麻烦问一下，")
"""Put before a question they make it another one to any cache, and the same to a person."""
_WARM_UP = ("什么是医养结合？", "养老机构", "医务室的设置", "老年人健康管理", "家庭医生签约服务")


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of single calls."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        return cls(float(np.percentile(seconds, 50)) * 1000, float(np.percentile(seconds, 95)) * 1000)


@dataclass(frozen=True, slots=True)
class Bench:
    """What was measured. ready_seconds is the median of some starts; throughput is questions a second."""

    ready_seconds: float
    idle_mb: float | None
    busy_mb: float | None
    one: Spread
    eight: Spread
    throughput: float
    assistant: Spread
    encoder: Spread
    plain: Spread
    asked: int


@dataclass(frozen=True, slots=True)
class Local:
    """What runs in this process for comparison."""

    assistant: Answers
    encoder: Embeds
    plain: PlainPipeline


def distinct_questions(gold: Sequence[GoldQuestion]) -> tuple[str, ...]:
    """Every turn of every question once, in order."""
    return tuple(dict.fromkeys(chain.from_iterable(question.turns for question in gold)))


def measure(questions: Sequence[str], local: Local, settings: Mapping[str, str], console: Console) -> Bench:
    """Some 30 to 90 seconds. settings: the environment by which the server opens the same index. Raises ServerFault."""
    with TemporaryDirectory() as directory:
        ready = []
        for start in range(STARTS):
            folder = Path(directory, str(start))
            folder.mkdir()
            environment = {**settings, **own_and_unlimited(folder / "bench.db")}
            console.print(f"启动服务（第 {start + 1} 次，共 {STARTS} 次）……", style="dim")
            with serving(environment, folder / "server.log") as server:
                ready.append(server.ready_seconds)
                if start == STARTS - 1:
                    return _measure(server, median(ready), questions, local, console)
    raise AssertionError("unreachable")


def _measure(server: Server, ready: float, questions: Sequence[str], local: Local, console: Console) -> Bench:
    idle = server.resident_mb()
    console.print(f"一个客户端，{len(questions)} 个不同的问题……", style="dim")
    one, assistant, encoder, plain = _interleaved(server, questions, local)
    others = [opening + question for opening in _OPENINGS for question in questions]
    console.print(f"{CLIENTS} 个客户端，{len(others)} 个不同的问题……", style="dim")
    eight, throughput = _crowd(server, others)
    return Bench(
        ready_seconds=ready,
        idle_mb=idle,
        busy_mb=server.resident_mb(),
        one=Spread.of(one),
        eight=Spread.of(eight),
        throughput=throughput,
        assistant=Spread.of(assistant),
        encoder=Spread.of(encoder),
        plain=Spread.of(plain),
        asked=len(one) + len(eight),
    )


def _interleaved(server: Server, questions: Sequence[str], local: Local) -> tuple[list[float], ...]:
    """Seconds of each question: over HTTP, the assistant in this process, the encoder alone, the plain pipeline."""
    sides: tuple[Callable[[str], object], ...] = (
        local.assistant.ask,
        lambda question: local.encoder.encode_questions([question]),
        local.plain.answer,
    )
    columns: tuple[list[float], ...] = ([], [], [], [])
    with Client(server.port) as client:
        for question in _WARM_UP:
            client.ask(question)
            for side in sides:
                side(question)
        deadline = perf_counter() + ROUND_SECONDS
        for place, question in enumerate(questions):
            columns[0].append(client.ask(question))
            for turn in range(len(sides)):
                # Each side goes first in turn: what runs later finds the processor's caches warm.
                chosen = (place + turn) % len(sides)
                columns[chosen + 1].append(_timed(sides[chosen], question))
            if perf_counter() > deadline:
                break
    return columns


def _timed(call: Callable[[str], object], question: str) -> float:
    started = perf_counter()
    call(question)
    return perf_counter() - started


def _crowd(server: Server, questions: Sequence[str]) -> tuple[list[float], float]:
    """Seconds of each question with CLIENTS clients asking at once, and questions a second."""
    started = perf_counter()
    deadline = started + ROUND_SECONDS

    def work(share: Sequence[str]) -> list[float]:
        times = []
        with Client(server.port) as client:
            for question in share:
                times.append(client.ask(question))
                if perf_counter() > deadline:
                    break
        return times

    with ThreadPoolExecutor(CLIENTS) as pool:
        times = [*chain.from_iterable(pool.map(work, [questions[place::CLIENTS] for place in range(CLIENTS)]))]
    return times, len(times) / (perf_counter() - started)


def print_bench(bench: Bench, console: Console) -> None:
    """Everything measured as one table; times in milliseconds and as ratios."""
    table = Table(title="性能测量", title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("项目", "数值", "与编码器自身之比", "与普通流程之比"):
        table.add_column(name, justify="left" if name == "项目" else "right")
    table.add_row("冷启动至就绪", f"{bench.ready_seconds:.2f} 秒", "", "")
    table.add_row("常驻内存，就绪时", _megabytes(bench.idle_mb), "", "")
    table.add_row("常驻内存，提问后", _megabytes(bench.busy_mb), "", "")
    table.add_section()
    for name, spread in (
        ("POST /api/v1/ask，1 个客户端", bench.one),
        (f"POST /api/v1/ask，{CLIENTS} 个客户端", bench.eight),
        ("助手本身，不经网络", bench.assistant),
        ("编码器自身，单线程", bench.encoder),
        ("普通流程，不经网络", bench.plain),
    ):
        for words, value, encoder, plain in (
            ("p50", spread.p50, bench.encoder.p50, bench.plain.p50),
            ("p95", spread.p95, bench.encoder.p95, bench.plain.p95),
        ):
            table.add_row(f"{name}，{words}", f"{value:.1f} 毫秒", f"{value / encoder:.2f}", f"{value / plain:.2f}")
    table.add_section()
    table.add_row(f"{CLIENTS} 个客户端时每秒问题数", f"{bench.throughput:.0f}", "", "")
    console.print(table)
    console.print(
        f"共提问 {bench.asked} 次，问题各不相同；各项逐题交替测量。"
        "普通流程：RecursiveCharacterTextSplitter 512/80 切块、同一编码器、FAISS 平面索引。",
        style="dim",
    )


def _megabytes(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f} MB"
