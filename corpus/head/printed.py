"""What a document prints, with the place where it prints it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Printed(Generic[Value]):
    """A fact and the code-point range start:end of the canonical text that it was read from.

    The range holds the words of the fact as printed: line breaks, spacing and short forms of a date included.
    """

    value: Value
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text without its line feed, and its range."""

    start: int
    end: int
    text: str


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """The lines of text[start:end]; a canonical text has a paragraph a line."""
    last = len(text) if end is None else end
    while start < last:
        stop = text.find("\n", start, last)
        stop = last if stop < 0 else stop
        yield Line(start, stop, text[start:stop])
        start = stop + 1
