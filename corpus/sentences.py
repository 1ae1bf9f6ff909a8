"""Sentences as ranges of canonical text."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""start, end: a half-open range of code points in a canonical text."""

# A sentence runs to its full stop and the closing marks behind it; a line feed ends one too. Semicolons do not: a
# quotation cut there loses the condition in front of it.
_SENTENCE = re.compile(r"[^。！？!?\n]+(?:[。！？!?]+[”’」』）)》\]]*)?")


def sentences(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The sentences of text[start:end], in order, without the blank space around them."""
    return tuple(_trimmed(text, *match.span()) for match in _SENTENCE.finditer(text, start, end) if match[0].strip())


def sentences_over(text: str, start: int, end: int, spans: Iterator[Span] | tuple[Span, ...]) -> Span:
    """The shortest range of whole sentences of text[start:end] that takes in all the spans (at least one)."""
    wanted = tuple(spans)
    first, last = min(span[0] for span in wanted), max(span[1] for span in wanted)
    touched = [span for span in sentences(text, start, end) if span[0] < last and first < span[1]]
    return touched[0][0], touched[-1][1]


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))
