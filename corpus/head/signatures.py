"""The foot of an official document: who signed it and when, when it was printed, and the annexes it lists.

Terms are those of GB/T 9704-2012, 7.3: 发文机关署名, 成文日期, 附件说明; 7.4.2: 印发机关和印发日期.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.head.bodies import bodies_in, squeezed
from corpus.head.dates import DAY, date_of
from corpus.head.printed import Line, Printed

_DATE_LINE = re.compile(rf"\s*{DAY}\s*")
_BODIES_AND_DATE = re.compile(rf"(?P<bodies>[^，。；：\n]{{3,120}}?)[ \t\u3000]+(?P<day>{DAY})\s*")
_PRINT_LINE = re.compile(rf"[^，。；\n]{{0,80}}?(?P<day>{DAY})\s*印\s*发")
# «市 长：温国辉», «国务院总理 李强» above the date of an order, without its spaces
_PERSON = re.compile(r".{0,16}(?:[省市区县州镇乡部局署厅行院会]长|主任|主席|总理|书记)[：:]?[\u4e00-\u9fff·]{2,6}")
_MOST_BODY_LINES = 15
# «附件：1.…», «附 件: 分工表», «附件» alone; not «附件3中的…»
_ANNEX_LINE = re.compile(r"附\s*件\s*(?:[：:]\s*|$)")
_ANNEX_TITLE = re.compile(
    r"附\s*件\s*[0-9０-９一二三四五六七八九十]{1,3}\s*(?:[：:.．、]\s*|\s+)(?P<title>[^\s。；，][^。；]{1,100})$"
)
# One of the list: «2.…», «附件2 …»; not the 2.5 of «2.5万»
_ENTRY = re.compile(r"(?:附\s*件\s*[0-9０-９]{1,2}\s*[.．、：:\s]|[0-9０-９]{1,2}\s*[.．、])\s*(?![0-9]\s*[.．万%])")
# What a link to a file to download ends in.
_FILE = re.compile(r"\s*\.?(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|jpe?g|png)$", re.IGNORECASE)
_LONGEST_ENTRY = 120


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as printed, and the day printed below."""

    bodies: tuple[Printed[str], ...]
    on: Printed[date]


def read_signature(lines: Sequence[Line]) -> Signature | None:
    """The first signature: lines of bodies, or of a person, and a date below or behind them; None without one."""
    for place, line in enumerate(lines):
        if _DATE_LINE.fullmatch(line.text):
            bodies, signed = _above(lines, place)
            day = _printed_day(line, 0, len(line.text))
            if day and signed:
                return Signature(bodies, day)
        elif match := _BODIES_AND_DATE.fullmatch(line.text):
            bodies = _bodies(line, *match.span("bodies"))
            day = _printed_day(line, *match.span("day"))
            if day and bodies:
                return Signature(bodies, day)
    return None


def read_printed_on(lines: Sequence[Line]) -> Printed[date] | None:
    """The day of printing, from the print line («…办公室 2026年3月30日印发»)."""
    for line in lines:
        match = _PRINT_LINE.match(line.text) if "印" in line.text else None
        if match and (day := _printed_day(line, *match.span("day"))):
            return day
    return None


def read_annexes(lines: Sequence[Line]) -> tuple[Printed[str], ...]:
    """The titles of the annexes, as the list of annexes gives them, else as each of them bears its own."""
    for place, line in enumerate(lines):
        match = _ANNEX_LINE.match(line.text)
        if match and (listed := tuple(each for each in _listed(lines, place, match.end()) if each.value)):
            return listed
    matches = ((line, _ANNEX_TITLE.match(line.text)) for line in lines if line.text.startswith("附"))
    own = (_annex(line, *match.span("title")) for line, match in matches if match)
    return tuple(each for each in own if each.value)


def _above(lines: Sequence[Line], place: int) -> tuple[tuple[Printed[str], ...], bool]:
    """The bodies that the lines above print, first one first; and whether anybody signed there."""
    found: list[tuple[Printed[str], ...]] = []
    signed = False
    for line in reversed(lines[max(0, place - _MOST_BODY_LINES) : place]):
        if not found and _PERSON.fullmatch(squeezed(line.text)):
            signed = True
            continue
        bodies = _bodies(line, 0, len(line.text))
        if not bodies:
            break
        found.insert(0, bodies)
    return tuple(body for bodies in found for body in bodies), signed or bool(found)


def _bodies(line: Line, start: int, end: int) -> tuple[Printed[str], ...]:
    words = line.text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    spans = bodies_in(line.text, start, end)
    return tuple(
        Printed(squeezed(line.text[first:last]), line.start + first, line.start + last) for first, last in spans
    )


def _printed_day(line: Line, start: int, end: int) -> Printed[date] | None:
    words = line.text[start:end]
    day = date_of(words)
    first = start + len(words) - len(words.lstrip())
    return Printed(day, line.start + first, line.start + first + len(words.strip())) if day else None


def _listed(lines: Sequence[Line], place: int, start: int) -> Iterator[Printed[str]]:
    """The entries behind «附件：» and on the numbered lines below; one without a number stands alone."""
    line = lines[place]
    entries = list(_ENTRY.finditer(line.text, start))
    if line.text[start:].strip() and not (entries and entries[0].start() == start):
        yield _annex(line, start, len(line.text))
        return
    while True:
        ends = [*(entry.start() for entry in entries[1:]), len(line.text)]
        yield from (_annex(line, entry.end(), end) for entry, end in zip(entries, ends, strict=False))
        place += 1
        if place == len(lines) or not _ENTRY.match(lines[place].text) or len(lines[place].text) > _LONGEST_ENTRY:
            return
        line = lines[place]
        entries = [match for match in [_ENTRY.match(line.text)] if match]


def _annex(line: Line, start: int, end: int) -> Printed[str]:
    """The title of an annex, without the ending of its file; empty where nothing else is printed."""
    words = _FILE.sub("", line.text[start:end].rstrip())
    first = start + len(words) - len(words.lstrip())
    return Printed(words.strip(), line.start + first, line.start + start + len(words))
