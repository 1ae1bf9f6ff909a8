"""Sentences as ranges of canonical text."""

from __future__ import annotations

import re

Span = tuple[int, int]
"""start, end: a half-open range of code points in a canonical text."""

# A sentence runs to its full stop and the closing marks behind it; a line feed ends one too. Semicolons do not: a
# quotation cut there loses the condition in front of it.
_SENTENCE = re.compile(r"[^。！？!?\n]+(?:[。！？!?]+[”’」』）)》\]]*)?")


def sentences(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The sentences of text[start:end], in order, without the blank space around them."""
    return tuple(_trimmed(text, *match.span()) for match in _SENTENCE.finditer(text, start, end) if match[0].strip())


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))
