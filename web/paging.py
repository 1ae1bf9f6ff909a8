"""Lists that are shown a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_DIGITS = 9
"""Of a page asked for; nothing has so many pages, and Python does not read numbers of any length."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    number  of the page, from 1
    last    number of the last one, 1 where the list is empty
    size    rows of a page
    """

    number: int
    last: int
    size: int

    @classmethod
    def of(cls, asked: str, total: int, size: int) -> Page:
        """The page asked for of total rows, or the nearest there is; the first where what is asked for is no number."""
        last = max(1, -(-total // size))
        is_number = asked.isascii() and asked.isdecimal() and len(asked) <= _MOST_DIGITS
        return cls(min(max(int(asked), 1), last) if is_number else 1, last, size)

    @property
    def start(self) -> int:
        """Rows before it."""
        return (self.number - 1) * self.size

    @property
    def rows(self) -> slice:
        """Where its rows stand in the list."""
        return slice(self.start, self.start + self.size)
