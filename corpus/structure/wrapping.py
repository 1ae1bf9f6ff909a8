"""Lines broken at the edge of a page or a screen: told by their width, and by the indentation of paragraphs.

A text is wrapped if most of its longer lines end in the same few columns and hardly any runs past them. Then a line
that reaches the edge goes on in the next one, unless it ends a clause; even then where paragraphs are indented and the
next line is not.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_LONGER = 30
_LEEWAY = 4
"""Columns: two for a Chinese sign, so that a line may stop two signs before the edge."""
_LEAST_LINES = 8
_MOSTLY = 0.5
_HARDLY = 0.03
_INDENTS = ("\u3000\u3000", "    ", "\t", "  ")


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The edge, in columns, and whether the first lines of paragraphs, and no others, are indented."""

    edge: int
    indented: bool

    def goes_on(self, line: str, following: str, *, complete: bool) -> bool:
        """Whether a line reaches the edge and goes on in the following one; complete: it ends a clause."""
        if columns(line) < self.edge - _LEEWAY:
            return False
        return not complete or (self.indented and not following.startswith(_INDENTS))


def columns(line: str) -> int:
    """How many columns a line takes, its indentation too: two a wide sign, one any other."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line.rstrip())


def wrapping_of(lines: Sequence[str]) -> Wrapping | None:
    """How the lines of a text are wrapped; None where they are not."""
    widths = Counter(width for line in lines if (width := columns(line)) > _LONGER)
    total = widths.total()
    if total < _LEAST_LINES:
        return None
    edge = max(widths, key=lambda width: (_near(widths, width), width))
    beyond = sum(count for width, count in widths.items() if width > edge + _LEEWAY)
    if _near(widths, edge) < max(_LEAST_LINES, _MOSTLY * total) or beyond > _HARDLY * total:
        return None
    written = [line for line in lines if line.strip()]
    share = sum(line.startswith(_INDENTS) for line in written) / len(written)
    return Wrapping(edge, 1 / len(written) < share < 1 - 1 / len(written) and share > _HARDLY)


def _near(widths: Counter[int], edge: int) -> int:
    """How many lines end at the edge or a little before it."""
    return sum(widths[width] for width in range(edge - _LEEWAY, edge + 1))


def unwrapped(
    lines: Sequence[str], is_complete: Callable[[str], bool], opens: Callable[[str], bool]
) -> list[list[str]]:
    """The lines in groups that belong together; a line alone where the text is not wrapped.

    is_complete tells whether a line ends a clause, opens whether a line begins a paragraph whatever stands before it.
    """
    wrapping = wrapping_of(lines)
    groups: list[list[str]] = []
    for line in lines:
        if not line.strip():
            continue
        before = groups[-1][-1] if groups else ""
        may_go_on = wrapping is not None and bool(before) and not opens(line.strip())
        if may_go_on and wrapping and wrapping.goes_on(before, line, complete=is_complete(before.rstrip())):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
