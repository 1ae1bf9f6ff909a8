"""How long each stage of an answer takes, for whoever wants to know; next to nothing is spent while nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from time import perf_counter


class _Timing:
    """The stages under way in one context. Not for several threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside = [0.0]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = perf_counter()
        self._inside.append(0.0)
        try:
            yield
        finally:
            took = perf_counter() - began
            self.seconds[name] = self.seconds.get(name, 0.0) + took - self._inside.pop()
            self._inside[-1] += took


_UNTIMED = nullcontext()
_timing: ContextVar[_Timing | None] = ContextVar("timing", default=None)


@contextmanager
def timed() -> Iterator[Mapping[str, float]]:
    """Seconds of each stage that is gone through within, each without those inside it: they add up to the whole."""
    timing = _Timing()
    before = _timing.set(timing)
    try:
        yield timing.seconds
    finally:
        _timing.reset(before)


def stage(name: str) -> AbstractContextManager[None]:
    """A stage, timed where somebody asked for that by `timed`."""
    timing = _timing.get()
    return _UNTIMED if timing is None else timing.stage(name)
