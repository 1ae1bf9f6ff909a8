"""What is printed around a text on paper: page numbers, leaders of a table of contents. One row of a table a shape."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.readers.reading import Furniture
from corpus.structure.cleaning import Artefact

_DASH = "[-\u2010-\u2015\u2500\uff0d\u4e00~～·•]"
# Lines that are page numbers wherever they stand.
_PAGE_MARKS = (
    # — 3 —  - 3 -  －3－  ·3·
    re.compile(rf"{_DASH}{{1,3}}\s*\d{{1,4}}\s*{_DASH}{{1,3}}"),
    # 第 3 页  第3页 共12页  第3页，共12页  第 3 页/共 12 页
    re.compile(r"第\s*\d{1,4}\s*页[\s，,/]*(?:[共总]\s*\d{1,4}\s*页)?"),
    # 共12页 第3页
    re.compile(r"[共总]\s*\d{1,4}\s*页[\s，,/]*第\s*\d{1,4}\s*页"),
    # Page 3 of 12
    re.compile(r"page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE),
    # ===PAGE 3===, put there by programs that take text out of PDFs
    re.compile(r"=+\s*page\s*\d{1,5}\s*=+", re.IGNORECASE),
)
# Lines that are page numbers at the top or bottom of a page: 3  3/12  3 / 12  iv
_IN_MARGIN = re.compile(r"\d{1,4}(?:\s*/\s*\d{1,4})?|[ivxIVX]{1,6}")
# The end of a line in a table of contents: 第一章 总则………… 3
_LEADER = re.compile(r"(?:[.．…·⋯]{3,}|(?:[.．…·⋯]\s){3,})\s*\d{1,4}$")
_LONGEST_MARK, _LONGEST_LEADER = 30, 200


def is_page_mark(line: str) -> bool:
    """Whether a line is a page number by its form alone."""
    bare = line.strip()
    return 0 < len(bare) <= _LONGEST_MARK and any(pattern.fullmatch(bare) for pattern in _PAGE_MARKS)


def is_margin_number(line: str) -> bool:
    """Whether a line is a page number if it stands in the margin of a page."""
    return is_page_mark(line) or _IN_MARGIN.fullmatch(line.strip()) is not None


def has_leader(line: str) -> bool:
    """Whether a line is an entry of a table of contents: dots and a page number at its end."""
    return _LEADER.search(line.rstrip()[-_LONGEST_LEADER:]) is not None


def drop_page_marks(lines: Iterable[str]) -> tuple[list[str], list[Artefact]]:
    """The lines without those that are page numbers, and without the leaders of a table of contents; and what went."""
    kept: list[str] = []
    dropped: list[Artefact] = []
    for line in lines:
        if is_page_mark(line):
            dropped.append(Artefact(Furniture.PAGE_NUMBER, line.strip()))
            continue
        leader = _LEADER.search(line.rstrip()[-_LONGEST_LEADER:])
        if leader:
            dropped.append(Artefact(Furniture.PAGE_NUMBER, leader[0]))
            line = line.rstrip().removesuffix(leader[0])
        kept.append(line)
    return kept, dropped
