"""An entry of the glossary as it is filled in: lay words and printed terms, a line each or with signs between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.glossary import LONGEST, MOST_TERMS
from assistant.questions import normalise
from web.admin.care.glossary_file import Terms
from web.masking import masked
from web.wording import clean_words

_MOST_WORDS = 10
"""Lay words in one form."""


class NotAnEntry(ValueError):
    """What was filled in makes no entry; the message is in Chinese."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the form. question: what it is seen at work on; key: the question of the queue it is
    for."""

    words: str = ""
    terms: str = ""
    question: str = ""
    key: str = ""


def with_entry(own: Terms, words: tuple[str, ...], terms: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Own entries with these lay words added, or put for these terms from now on."""
    return {**own, **dict.fromkeys(words, terms)}


def lay_words(written: str) -> tuple[str, ...]:
    """As questions are normalised: else they would never be found in one. Raises NotAnEntry, WordingError."""
    return tuple(dict.fromkeys(normalise(line) for line in _split(written, "群众的说法", _MOST_WORDS)))


def printed_terms(written: str) -> tuple[str, ...]:
    """Raises NotAnEntry, WordingError."""
    return tuple(dict.fromkeys(_split(written, "文件的写法", MOST_TERMS)))


def _split(written: str, name: str, most: int) -> list[str]:
    lines = [" ".join(clean_words(line).split()) for line in re.split(r"[\n、，,；;]", written.replace("\r", "\n"))]
    found = [masked(line) for line in lines if line]
    if not found:
        raise NotAnEntry(f"请填写{name}。")
    if len(found) > most:
        raise NotAnEntry(f"{name}一次至多 {most} 个。")
    if not all(each.isprintable() and 0 < len(normalise(each)) <= LONGEST for each in found):
        raise NotAnEntry(f"{name}请写成文字，每个控制在 {LONGEST} 字以内。")
    return found
