"""The id of a new document: its number or its title in pinyin, and its date."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

from corpus.provisions import Metadata

LONGEST = 48
"""Characters of an id made of a title."""
_UNNAMED = "document"
_SYLLABLE = re.compile(r"[a-z0-9]+")


def document_id_of(metadata: Metadata) -> str:
    """«长民〔2025〕2号» gives changmin-2025-2; without a number the title and the date: zhongyiyaofa-2016-12-25."""
    if metadata.document_number:
        return _joined(_words(metadata.document_number.rstrip("号").replace("第", "-")))
    day = f"-{metadata.issued_on.isoformat()}" if metadata.issued_on else ""
    return f"{_joined(_words(metadata.title))}{day}"


def _words(text: str) -> list[str]:
    """Runs of Chinese as one word of pinyin each; figures and Latin letters as they are."""
    runs = re.findall(r"[\u3400-\u9fff]+|[A-Za-z0-9]+", text)
    words = ("".join(_SYLLABLE.findall("".join(lazy_pinyin(run, style=Style.NORMAL)).lower())) for run in runs)
    return [word for word in words if word]


def _joined(words: list[str]) -> str:
    return "-".join(words)[:LONGEST].strip("-") or _UNNAMED
