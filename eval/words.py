"""Finding words in a text when only the blank space between them may differ."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(r"\s*".join(re.escape(character) for character in words if not character.isspace()))


def occurrences(words: str, text: str) -> tuple[tuple[int, int], ...]:
    """The half-open code-point ranges of text that read as words, whatever blank space or line ends either has.

    Printed documents break lines inside sentences, so a line feed must not decide whether a quote holds a phrase.
    Words without a visible character occur nowhere.
    """
    if not words.strip():
        return ()
    return tuple(match.span() for match in _pattern(words).finditer(text))


def occurs(words: str, text: str) -> bool:
    """Whether `occurrences` finds any."""
    return bool(words.strip()) and _pattern(words).search(text) is not None
