"""The id of a new document, its number or its title in pinyin, and its date; and the name of a file."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

from corpus.provisions import Metadata

LONGEST = 48
"""Characters of an id, the figures and the date at its end apart."""
_LONGEST_FIGURES = 16
_UNNAMED = "document"
_ORDINAL = re.compile(r"第(?=[0-9〇零一二三四五六七八九十百千]+号?$)")
_SYLLABLE = re.compile(r"[a-z0-9]+")


def document_id_of(metadata: Metadata) -> str:
    """«国卫老龄发〔2024〕40号» gives guoweilaolingfa-2024-40; without a number the title and the date:
    beijingshizhongyiyaotiaoli-2020-11-27. Characters of several readings may get another than is meant.
    """
    if metadata.document_number:
        words = _words(_ORDINAL.sub("-", metadata.document_number).rstrip("号"))
        figures = next((at for at in range(len(words), 0, -1) if not words[at - 1].isdigit()), 0)
        return _joined(words[:figures], "-".join(words[figures:])[-_LONGEST_FIGURES:])
    return _joined(_words(metadata.title), metadata.issued_on.isoformat() if metadata.issued_on else "")


def printable(name: str) -> str:
    """A file's name as it can be printed and kept: ? for every byte of it that is not UTF-8."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _words(text: str) -> list[str]:
    """Runs of Chinese as one word of pinyin each; figures and Latin letters as they are."""
    runs = re.findall(r"[\u3400-\u9fff]+|[A-Za-z0-9]+", text)
    words = ("".join(_SYLLABLE.findall("".join(lazy_pinyin(run, style=Style.NORMAL)).lower())) for run in runs)
    return [word for word in words if word]


def _joined(words: list[str], ending: str) -> str:
    name = "-".join(words)[:LONGEST].strip("-") or _UNNAMED
    return "-".join(part for part in (name, ending.strip("-")) if part)
