"""Charts as values: where each bar stands, in whole numbers, so that the template only draws them (web: SVG)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100
"""Units that the tallest bar is high."""
_STEP = 10
"""Units from one bar to the next."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart over time: its left edge, its upper edge, its height, in units; and what it stands for."""

    x: int
    y: int
    height: int
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart over time. width: units of the whole; most: the value of the tallest bar, at least 1."""

    bars: tuple[Bar, ...]
    width: int
    most: int

    @property
    def total(self) -> int:
        return sum(bar.value for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: its name, how many, and how much of the whole, in [0, 1]."""

    name: str
    value: int
    share: float
    url: str = ""


def bars_of(values: Sequence[tuple[str, int]]) -> Bars:
    """A bar for each (label, value); a value that is not 0 can be seen."""
    most = max(1, *(value for _, value in values)) if values else 1
    drawn = []
    for at, (label, value) in enumerate(values):
        height = max(1, round(HEIGHT * value / most)) if value else 0
        drawn.append(Bar(at * _STEP, HEIGHT - height, height, label, value))
    return Bars(tuple(drawn), max(1, len(values)) * _STEP, most)


def shares_of(values: Sequence[tuple[str, int] | tuple[str, int, str]], whole: int = 0) -> tuple[Share, ...]:
    """Parts of a whole, which is their sum where none is given."""
    total = whole or sum(each[1] for each in values)
    return tuple(
        Share(each[0], each[1], each[1] / total if total else 0.0, each[2] if len(each) > 2 else "") for each in values
    )
