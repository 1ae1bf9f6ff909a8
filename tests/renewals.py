"""What serves and what is to serve in its place: a home that points to an index, and a server that follows it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import pytest
from starlette.types import Receive, Scope, Send

from corpus.holdings import Holdings, library_at
from corpus.receiving import Received, receive
from index.storage import IndexUnavailable
from web.operation import renewal
from web.operation.metrics import Metrics
from web.operation.opening import Opened
from web.operation.renewal import Renewal
from web.operation.serving import Serving

MEALS = """石景山区老年人助餐服务办法（试行）
石民发〔2025〕7号
各街道办事处：
一、助餐点每日供餐不少于2次。
二、助餐点应当每月至少开展1次食品安全自查。
石景山区民政局
2025年8月1日
"""


def add_meals(home: Path, folder: Path) -> None:
    """Add that paper; its file is written to the folder."""
    file = folder / "助餐.txt"
    file.write_text(MEALS, "utf-8")
    received = receive(file, library_at(home))
    assert isinstance(received, Received)
    Holdings(home).add(received)


def until(happened: Callable[[], object], seconds: float = 10) -> None:
    """Wait for it; fails where it takes longer."""
    patience = monotonic() + seconds
    while not happened():
        assert monotonic() < patience, "it did not happen"
        sleep(0.01)


@dataclass
class Pointed:
    """A home of which the index is a name only, and what is opened for it: an app that is that name."""

    home: Path
    opened: list[str] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def point(self, version: str) -> None:
        fresh = self.home / "index" / ".current"
        fresh.parent.mkdir(exist_ok=True)
        fresh.write_text(version)
        fresh.replace(fresh.with_name("current"))

    def open(self) -> Opened:
        version = self.serving(self.home)[0]
        self.opened.append(version)
        if self.faults:
            raise self.faults.pop()
        return Opened(App(version), version)

    def serving(self, home: Path) -> tuple[str, None]:
        try:
            return (home / "index" / "current").read_text(), None
        except OSError:
            raise IndexUnavailable("none") from None


class App:
    """Only its name tells it from another."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError


@pytest.fixture
def pointed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pointed:
    """It points to «first», and what renews looks at it all the time."""
    made = Pointed(tmp_path)
    made.point("first")
    monkeypatch.setattr(renewal, "LOOKS_EVERY", 0.01)
    monkeypatch.setattr(renewal, "serving", made.serving)
    return made


@contextmanager
def renewing(pointed: Pointed, metrics: Metrics | None = None) -> Iterator[tuple[Renewal, Serving]]:
    """What follows the pointer, and what serves, while the first looks."""
    first = Opened(App("first"), "first")
    serves = Serving(first.app)
    renews = Renewal(pointed.home, first, serves, pointed.open, metrics or Metrics())
    thread = threading.Thread(target=renews.run)
    thread.start()
    try:
        yield renews, serves
    finally:
        renews.stop()
        thread.join(10)
        assert not thread.is_alive()


def name_of(serves: Serving) -> str:
    """Of the app that serves."""
    assert isinstance(serves.app, App)
    return serves.app.name
