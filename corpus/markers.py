"""The numbering marks that open a provision, one row a shape.

Ranks follow the hierarchy of GB/T 9704-2012, 7.3.3: 一、 then （一） then 1. then （1）; ① comes after these in use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.numerals import CHINESE_DIGITS, NumeralError, whole_number


@dataclass(frozen=True, slots=True)
class Shape:
    """A way of printing a number at the start of a paragraph; the pattern's group `number` holds the number."""

    name: str
    rank: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Marker:
    """A number found at the start of a paragraph: its shape, value, printed form, and length in the paragraph."""

    shape: Shape
    number: int
    printed: str
    length: int


SHAPES = (
    # 一、总体目标
    Shape("section", 1, re.compile(rf"(?P<number>[{CHINESE_DIGITS}]+)、")),
    # （一）健全服务网络, also with ASCII brackets
    Shape("subsection", 2, re.compile(rf"[（(](?P<number>[{CHINESE_DIGITS}]+)[）)]")),
    # 1.支持… 1．支持… 1、支持…; not 2.5 and not 2025.1.2; l1. is a scanned 11.
    Shape("item", 3, re.compile(r"(?P<number>[0-9０-９lI|]*[0-9０-９][0-9０-９lI|]*)[.．、](?![0-9０-９])")),
    # （1）… and (1)…
    Shape("subitem", 4, re.compile(r"[（(](?P<number>[0-9０-９]+)[）)]")),
    # ①…
    Shape("point", 5, re.compile(r"(?P<number>[①-⑳])")),
)

_BRACKETS = str.maketrans("()", "（）")
_LARGEST = 999


def read_marker(paragraph: str) -> Marker | None:
    """The numbering mark at the start of a paragraph, or None."""
    for shape in SHAPES:
        match = shape.pattern.match(paragraph)
        if match is None:
            continue
        try:
            number = whole_number(match["number"])
        except NumeralError:
            continue
        if 1 <= number <= _LARGEST:
            return Marker(shape, number, match[0].translate(_BRACKETS), match.end())
    return None


def is_misread(marker: Marker) -> bool:
    """Whether the number holds a letter that only scanning puts there: believed only where it continues a list."""
    return any(sign in marker.printed for sign in "lI|")
