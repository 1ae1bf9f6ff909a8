"""Canonical text as paragraphs, each with the number that opens it; numbers run together on one line are parted.

A line is cut before a number only where the line itself counts: （一）…；（二）…；（三）… from one upwards, or on from
the number that opens the line, each behind the end of a clause; 第一条…。第二条… likewise, and 第一章 总则 第一条 with
spaces between. «按照（一）（二）规定» and «第三条、第五条所列» stay as they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus.structure.markers import ARTICLE_RANK, LONGEST_TITLE, Marker, marker_at, read_marker
from corpus.structure.numerals import CHINESE_DIGITS


@dataclass(frozen=True, slots=True)
class Paragraph:
    """text[start:end] of a canonical text, its line feed taken in, and the number that opens it, if any.

    names_annex  it is a line of the 附件说明, the list of annexes that stands before the signature
    in_contents  it is a line of a table of contents
    """

    start: int
    end: int
    text: str
    marker: Marker | None
    names_annex: bool = False
    in_contents: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether it ends with the end of a clause."""
        return _COMPLETE.search(self.text) is not None

    @property
    def is_table_row(self) -> bool:
        """Whether it is a row of a table as readers write one: «街道：沙河街；电话：37286460»."""
        return _ROW.match(self.text) is not None

    @property
    def is_title_like(self) -> bool:
        """Whether it is a short line without a number that is no sentence and no part of one."""
        return self.marker is None and len(self.text) <= LONGEST_TITLE and _IN_SENTENCE.search(self.text) is None

    @property
    def words(self) -> str:
        """What stands behind its number."""
        return self.text[self.marker.length if self.marker else 0 :].strip()


@dataclass(frozen=True, slots=True)
class _Place:
    """A mark found at a place of a line, and whether the end of a clause is in front of it."""

    at: int
    marker: Marker
    behind_clause: bool


# The end of a clause, closing marks behind it.
_COMPLETE = re.compile(r"[。！？!?；;：:…][”’」』）)》〉\]\s]*$")
# Two columns with their names; 停止发放：1.死亡；2.失踪：… is no row.
_ROW = re.compile(
    r"[^：；。]{1,20}：[^；]{0,400}；(?![（(0-9０-９①-⑳]|[一二三四五六七八九十]{1,3}[、．.])[^：；。]{1,20}："
)
# A line with these is a sentence, or leads over to what follows.
_IN_SENTENCE = re.compile(r"[。；;！!？?]|[：:，,、][”’」』）)》〉\]\s]*$")
# Behind these a number may open a part of the line: the end of a clause, or the space before 第. Possessive: a row of
# spaces is looked at once.
_BREAK = re.compile(r"[。；;：:！？][”’」』）)》〉]*[ \t\u3000\xa0]*|(?<![ \t\u3000\xa0])[ \t\u3000\xa0]++(?=第)")
# 第一章 总则第一条: the title of a heading, and an article glued to it.
_TITLE_OF_ARTICLES = re.compile(rf"[^。；：，]{{1,30}}?(?=第[{CHINESE_DIGITS}0-9]{{1,9}}条)")
_LEAST = 2
"""Characters between two numbers."""
_MOST_LEFT_OUT = 9
"""Articles that a line may leave out and still count on: their numbers were lost, or stand in front of no space."""


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a canonical text, in order; together they are the text."""
    return tuple(paragraph for line in _lines(text) for paragraph in _parted(line))


def _lines(text: str) -> Iterator[Paragraph]:
    start = 0
    for line in text.splitlines(keepends=True):
        words = line.rstrip("\n")
        yield Paragraph(start, start + len(line), words, read_marker(words))
        start += len(line)


def _parted(line: Paragraph) -> Iterator[Paragraph]:
    """The line as it is, or cut before every number that the line counts."""
    cuts = [] if line.is_table_row else _cuts(line.text)
    if not cuts:
        yield line
        return
    bounds = [0, *(place.at for place in cuts if place.at), len(line.text)]
    opening = {place.at: place.marker for place in cuts}
    for at, until in pairwise(bounds):
        end = line.end if until == len(line.text) else line.start + until
        words = line.text[at:until]
        yield Paragraph(line.start + at, end, words, opening.get(at) or (None if at else read_marker(words)))


def _cuts(line: str) -> list[_Place]:
    """The places where the line is to be cut, in order."""
    found = list(_places(line))
    if len(found) < 2:
        return []
    counted = [place for run in _runs(found) for place in run]
    cuts = {place.at: place for place in (*counted, *_titled(found, counted))}
    return [cuts[at] for at in sorted(cuts)]


def _places(line: str) -> Iterator[_Place]:
    """Every mark at the start of the line or behind a break, and 第一条 right behind a heading; in order."""
    breaks = {0: True} | {match.end(): bool(match[0].strip()) for match in _BREAK.finditer(line)}
    glued: dict[int, bool] = {}
    for at in breaks:
        heading = marker_at(line, at)
        if heading is not None and heading.shape.is_heading:
            title = _TITLE_OF_ARTICLES.match(line, at + heading.length)
            glued |= {title.end(): False} if title else {}
    for at, behind_clause in sorted((glued | breaks).items()):
        marker = marker_at(line, at)
        if marker is not None:
            yield _Place(at, marker, behind_clause)


def _runs(places: list[_Place]) -> Iterator[list[_Place]]:
    """The runs of two or more that count on: from one, or from the number that opens the line."""
    by_rank: dict[int, list[_Place]] = defaultdict(list)
    for place in places:
        if not place.marker.shape.is_heading:
            by_rank[place.marker.shape.rank].append(place)
    for alike in by_rank.values():
        run: list[_Place] = []
        for place in alike:
            if run and _counts_on(run[-1], place):
                run.append(place)
            elif place.at == 0 or place.marker.number == 1:
                if len(run) > 1:
                    yield run
                run = [place]
        if len(run) > 1:
            yield run


def _counts_on(before: _Place, after: _Place) -> bool:
    """Whether a number is the next one; articles behind the end of a clause may leave some out."""
    apart = after.at - before.at - before.marker.length >= _LEAST
    step = after.marker.number - before.marker.number
    most = _MOST_LEFT_OUT + 1 if after.marker.shape.rank == ARTICLE_RANK and after.behind_clause else 1
    return apart and (1 <= step <= most or (step == 0 and after.marker.insertion == before.marker.insertion + 1))


def _titled(places: list[_Place], cuts: list[_Place]) -> Iterator[_Place]:
    """第一章 总则 第一条: headings right before an article, and the first article behind a heading."""
    cut = {place.at for place in cuts}
    behind: _Place | None = None
    for place in reversed(places):
        rank = place.marker.shape.rank
        if rank == ARTICLE_RANK:
            behind = place
        elif place.marker.shape.is_heading and behind and behind.at - place.at <= LONGEST_TITLE:
            if behind.marker.shape.is_heading or behind.at in cut or place.at == 0 or behind.marker.number == 1:
                yield from (place, behind)
                behind = place
        elif not place.marker.shape.is_heading:
            behind = None
