"""Tables of contents: lines that only announce the headings of the text below, so that none of them opens anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.structure.paragraphs import Paragraph

# 目录; 目　　录; 目 次
_TITLE = re.compile(r"[【〔]?目[ \t\u3000]*[录次][】〕]?[：:]?")
# 第一章 总则…………3
_LEADER = re.compile(r"(?:[.．·…—\-_]{2,}|[ \t\u3000])[ \t\u3000]*\d{1,4}$")
_SENTENCE_END = re.compile(r"[。；;]")
LONGEST_ENTRY = 60
"""Characters of one line of a table of contents."""


def without_contents(paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    """The paragraphs with the numbers of tables of contents not counted.

    A table of contents is what stands between 目录 and the place where its first line comes again; or, without that
    word, two or more headings (第一章…) in a row of which the first comes again.
    """
    places = [place for first, end in _tables(paragraphs) for place in range(first, end)]
    kept = list(paragraphs)
    for place in places:
        kept[place] = replace(kept[place], marker=None, in_contents=True)
    return tuple(kept)


def _tables(paragraphs: Sequence[Paragraph]) -> list[tuple[int, int]]:
    """first, end of every table, by the places of paragraphs."""
    keys = [_key(paragraph.text) for paragraph in paragraphs]
    last = {key: place for place, key in enumerate(keys)}
    tables: list[tuple[int, int]] = []
    place = 0
    while place < len(paragraphs):
        first = place + 1 if _TITLE.fullmatch(paragraphs[place].text.strip()) else place
        end = _end(paragraphs, keys, last, first, titled=first > place)
        if end > first:
            tables.append((first, end))
        place = max(end, first, place + 1)
    return tables


def _end(
    paragraphs: Sequence[Paragraph], keys: Sequence[str], last: dict[str, int], first: int, *, titled: bool
) -> int:
    """Where the table that begins at a place ends; the place itself where there is none."""
    end = first
    while end < len(paragraphs) and _is_entry(paragraphs[end], titled) and (end == first or keys[end] != keys[first]):
        end += 1
    if end - first < (1 if titled else 2):
        return first
    if last[keys[first]] >= end:
        return end
    led = first
    while titled and led < end and _LEADER.search(paragraphs[led].text):
        led += 1
    return led


def _is_entry(paragraph: Paragraph, titled: bool) -> bool:
    """Whether it can be a line of a table: short and no sentence, and a heading where no 目录 stands above."""
    if len(paragraph.text) > LONGEST_ENTRY or _SENTENCE_END.search(paragraph.text):
        return False
    return titled or (paragraph.marker is not None and paragraph.marker.shape.is_heading)


def _key(line: str) -> str:
    """What two lines share that name the same heading: no spaces, no page number. Long lines name none."""
    return line if len(line) > LONGEST_ENTRY else "".join(_LEADER.sub("", line).split())
