"""Clauses as ranges of canonical text: what stands between commas, semicolons and full stops; 、 does not part them."""

from __future__ import annotations

import re
from bisect import bisect_right

from corpus.structure.sentences import Span

_CLAUSE = re.compile(r"[^，,。；;：！？\n]+")


def clauses(text: str, span: Span) -> tuple[Span, ...]:
    """The clauses of a sentence, in order, without their stops."""
    return tuple(match.span() for match in _CLAUSE.finditer(text, *span) if match[0].strip())


def place_of(at: int, among: tuple[Span, ...]) -> int:
    """Which clause holds a place; of none, the last that begins before it."""
    return max(0, bisect_right(among, at, key=lambda span: span[0]) - 1)
