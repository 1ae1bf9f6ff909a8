"""One file, several texts: the document itself and the texts annexed to it, each numbered for itself.

An annex begins at its heading (附件2; 附件：管理办法; 附表1). Where a text with numbers of its own is followed by
another one without that word (a notice and the rules it issues), the other begins at its title. A notice without
numbers and the rules it issues count as one text, since no number can be mistaken.

The 附件说明, the list of annexes before the signature, begins none of them, and its numbers are no articles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.structure.closing import DATE, is_closing_element
from corpus.structure.markers import ARTICLE_RANK, read_marker
from corpus.structure.numerals import CHINESE_DIGITS, NumeralError, whole_number
from corpus.structure.paragraphs import Paragraph

UNNAMED_LABEL = "所附文件"


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a file.

    number   of the annex as printed, 2 or 1-1; one more than the last where none is printed; 2~2 for a second one
             with that number; "" for the document itself
    label    附件2 as printed; 所附文件 for a text without that word; "" for the document itself
    heading  the annex's title
    """

    number: str
    label: str
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that begins with 附件: the number and name in it, and whether a colon stands between."""

    label: str
    number: str
    colon: bool
    name: str


_NUMBER = rf"[0-9０-９]{{1,3}}(?:[-—－][0-9]{{1,2}})?|[{CHINESE_DIGITS}]{{1,3}}"
# 附件; 附件2; 附 件 一：; 附件1：评分表; 附表1 评分表; 附：评分表. Not 附件所列…, nor 附件1和附件2….
_ANNEX = re.compile(
    rf"(?P<label>附[ \u3000]*[件录表图](?:[ \u3000]*(?P<number>{_NUMBER}))?|附(?=[：:]))"
    r"(?:(?P<colon>[ \u3000]*[：:])|(?=[ \u3000]|$)|(?<=[0-9])(?![0-9所中的和与及或至到、规]))(?P<name>[^。；]{0,80})$"
)
_LONGEST_NAME = 80
"""Characters of one line of the list of annexes."""


def divide(paragraphs: Sequence[Paragraph]) -> tuple[Text, ...]:
    """The texts of a file, in order; together their paragraphs are the file's."""
    known = _with_list(paragraphs)
    starts = sorted({0, *_named(known), *_unnamed(known)})
    if not known:
        return ()
    parts = [known[start:end] for start, end in zip(starts, [*starts[1:], len(known)], strict=True)]
    times: Counter[str] = Counter()
    return (Text("", "", "", parts[0]), *(_annex(part, place, times) for place, part in enumerate(parts[1:], 1)))


def _annex(paragraphs: tuple[Paragraph, ...], place: int, times: Counter[str]) -> Text:
    """The text that is the annex at a place; times: how often each number was used, counted on here."""
    line = _read(paragraphs[0])
    number = (line.number if line else "") or str(place)
    times[number] += 1
    if times[number] > 1:
        number = f"{number}~{times[number]}"
    if line is None:
        return Text(number, UNNAMED_LABEL, paragraphs[0].text, paragraphs)
    titled = len(paragraphs) > 1 and paragraphs[1].is_title_like
    return Text(number, line.label, line.name or (paragraphs[1].text if titled else ""), paragraphs)


def _read(paragraph: Paragraph) -> _Line | None:
    match = None if paragraph.in_contents else _ANNEX.match(paragraph.text)
    if match is None:
        return None
    label = "".join(match["label"].split())
    return _Line(label, _number(match["number"] or ""), bool(match["colon"]), match["name"].strip())


def _number(printed: str) -> str:
    """The number of an annex in digits, 2 or 1-1; "" where none is printed, or none that counts anything."""
    try:
        numbers = [whole_number(part) for part in re.split("[-—－]", printed)]
    except NumeralError:
        return ""
    return "-".join(map(str, numbers)) if all(numbers) else ""


def _named(paragraphs: Sequence[Paragraph]) -> Iterator[int]:
    """The places of the headings of annexes; at the very top there is nothing to be annexed to."""
    for place, paragraph in enumerate(paragraphs):
        if place and not paragraph.names_annex and _read(paragraph) is not None:
            yield place


def _with_list(paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """The paragraphs with those of the 附件说明 marked as such, their numbers not counted."""
    known = list(paragraphs)
    for place, paragraph in enumerate(paragraphs):
        line = _read(paragraph)
        if line is None:
            continue
        counted = _counted(paragraphs, place, line)
        if counted > place + 1 or _is_list_line(paragraphs, place, line):
            for listed in range(place, counted):
                known[listed] = replace(paragraphs[listed], marker=None, names_annex=True)
    return tuple(known)


def _counted(paragraphs: Sequence[Paragraph], place: int, line: _Line) -> int:
    """Where the names end that are counted behind 附件：, 1. A on the same line or below, then 2. B, 3. C."""
    first = read_marker(line.name)
    number = first.number if first else 0
    if not line.colon or number > 1 or (line.name and not number):
        return place + 1
    end = place + 1
    while end < len(paragraphs) and _is_name(paragraphs[end], number + 1):
        end, number = end + 1, number + 1
    return end


def _is_name(paragraph: Paragraph, number: int) -> bool:
    marker = paragraph.marker
    fits = marker is not None and marker.shape.rank > ARTICLE_RANK and marker.number == number
    return fits and len(paragraph.text) <= _LONGEST_NAME and not any(sign in paragraph.text for sign in "。；")


def _is_list_line(paragraphs: Sequence[Paragraph], place: int, line: _Line) -> bool:
    """Whether 附件1：A only names an annex: beside another such line, or before signature, date, 附件 or the end."""
    below = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
    if below is None:
        return True
    if not line.name:
        return _read(below) is None and is_closing_element(below)
    beside = [below] if place == 0 else [paragraphs[place - 1], below]
    named = any((other := _read(each)) is not None and other.name for each in beside)
    return named or is_closing_element(below)


def _unnamed(paragraphs: Sequence[Paragraph]) -> Iterator[int]:
    """Where texts without 附件 begin: behind the date of a numbered text, or at a title over a new 第一条."""
    top = 0
    articles = 0
    dated: int | None = None
    for place, paragraph in enumerate(paragraphs):
        marker = paragraph.marker
        if place and not paragraph.names_annex and _read(paragraph) is not None:
            top, articles, dated = 0, 0, None
        elif marker is None:
            dated = place if top and DATE.match(paragraph.text) else dated
        else:
            is_first = marker.number == 1 and not marker.insertion and marker.shape.rank <= max(top, ARTICLE_RANK)
            start = None
            if is_first and dated is not None:
                start = _title_behind(paragraphs, dated, place)
            elif is_first and marker.shape.rank == ARTICLE_RANK and articles:
                start = _title_before(paragraphs, place)
            if start is not None:
                yield start
                top, articles = 0, 0
            dated = None
            articles += marker.shape.rank == ARTICLE_RANK
            top = min(top or marker.shape.rank, marker.shape.rank)


def _title_behind(paragraphs: Sequence[Paragraph], dated: int, until: int) -> int | None:
    """The first line behind a date and the elements that may follow it, if it is a title."""
    place = dated + 1
    while place < until and is_closing_element(paragraphs[place]):
        place += 1
    return place if place < until and paragraphs[place].is_title_like else None


def _title_before(paragraphs: Sequence[Paragraph], until: int) -> int | None:
    """The first of the title lines right before 第一条 and the 第一章 above it."""
    place = until
    while place and (marker := paragraphs[place - 1].marker) and marker.shape.is_heading:
        if marker.number != 1:
            return None
        place -= 1
    start = place
    while start and paragraphs[start - 1].is_title_like and not is_closing_element(paragraphs[start - 1]):
        start -= 1
    return start if start < place and start else None
