"""Recurring duties of the ledger as an iCalendar file (RFC 5545): what is due every month, every half-year, every year.

An event stands for a duty, all day, from a day that the reader chooses, and again and again. Where a clause asks for
several times in a period («每年至少2次»), they are spread evenly, and the event says so. What cannot be put so is left
out and counted: 每次, 每小时, 每个工作日 (no rule knows the public holidays), seven times a year, and what only limits
how often («每年不超过1次»).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from icalendar import Calendar, Event, vText

from corpus.figures.bounds import Comparator
from corpus.figures.hard_figures import FigureKind
from corpus.figures.ledger import Entry
from corpus.figures.requirements import Force
from web.beijing import BEIJING
from web.exports.extract import Extract
from web.exports.rhythms import days_of, months_of
from web.sources import source_of

PRODUCT = "-//yiyang//医养问策//ZH"
NAME = "医养结合定期事项"
_LIMITS = frozenset({Comparator.AT_MOST, Comparator.LESS_THAN})
_LONGEST_PERIOD = 1200
"""Months, and days, of a period that is put in a calendar; longer ones are slips of reading."""
_EVERY_MONTH = 28
"""The last day that every month has."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Once in `every` months or days; spread where the clause asks for several times in a longer period."""

    unit: str
    every: int
    spread: bool = False

    def rule(self, start: date) -> Mapping[str, Any]:
        """The recurrence rule from a day on; the last day of a month stays the last where the next is shorter."""
        if self.unit == "day":
            weeks = self.every % 7 == 0
            return {"freq": "weekly" if weeks else "daily", "interval": self.every // 7 if weeks else self.every}
        if self.every % 12 == 0 and (start.month, start.day) != (2, 29):
            return {"freq": "yearly", "interval": self.every // 12}
        if start.day > _EVERY_MONTH:
            days = [*range(_EVERY_MONTH, start.day + 1)]
            return {"freq": "monthly", "interval": self.every, "bymonthday": days, "bysetpos": -1}
        return {"freq": "monthly", "interval": self.every}

    @property
    def words(self) -> str:
        """每6个月, 每7天."""
        return f"每{self.every}{'天' if self.unit == 'day' else '个月'}"


def is_recurring(entry: Entry) -> bool:
    """Whether a row says how often something is to be done."""
    return entry.kind is FigureKind.FREQUENCY and entry.frequency is not None and entry.force is not Force.FORBIDDEN


def recurrence_of(entry: Entry) -> Recurrence | None:
    """When a duty comes again; None where that cannot be put in a calendar."""
    if entry.frequency is None or entry.frequency.unit == "工作日" or entry.comparator in _LIMITS:
        return None
    times = entry.number if entry.unit == "次" and entry.number is not None else 1.0
    months, days = months_of(entry.frequency), days_of(entry.frequency)
    if months is not None:
        return _evenly("month", months, times)
    return _evenly("day", days, times) if days is not None else None


def _evenly(unit: str, period: float, times: float) -> Recurrence | None:
    """`times` in a period, at whole distances; None where they do not fit."""
    if times < 1 or not 1 <= period <= _LONGEST_PERIOD:
        return None
    every = period / times
    return Recurrence(unit, int(every), spread=times > 1) if every >= 1 and every == int(every) else None


def duties(entries: Iterable[Entry]) -> tuple[tuple[tuple[Entry, Recurrence], ...], int]:
    """The rows that go into a calendar, each with its recurrence, and how many recurring ones cannot."""
    recurring = [entry for entry in entries if is_recurring(entry)]
    placed = tuple((entry, found) for entry in recurring if (found := recurrence_of(entry)))
    return placed, len(recurring) - len(placed)


def write_calendar(extract: Extract, start: date) -> bytes:
    """An iCalendar file of the recurring duties, each from `start` on."""
    placed, left_out = duties(extract.entries)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(NAME))
    calendar.add("x-wr-timezone", vText(str(BEIJING)))
    calendar.add("x-wr-caldesc", vText(_about(len(placed), left_out, extract)))
    for entry, recurrence in placed:
        calendar.add_component(_event(entry, recurrence, start, extract))
    made: bytes = calendar.to_ical()
    return made


def _about(placed: int, left_out: int, extract: Extract) -> str:
    others = f"；另有 {left_out} 项的频次排不进日历，未列" if left_out else ""
    asked = "；".join(f"{name}：{words}" for name, words in extract.asked)
    return f"共 {placed} 项{others}。{asked}{'。' if asked else ''}索引版本 {extract.index_version}"


def _event(entry: Entry, recurrence: Recurrence, start: date, extract: Extract) -> Event:
    event = Event()
    event.add("uid", uid_of(entry))
    event.add("dtstamp", extract.made_at)
    event.add("dtstart", start)
    event.add("rrule", dict(recurrence.rule(start)))
    event.add("summary", f"{entry.subject}（{entry.figure}）")
    event.add("description", _description(entry, recurrence, extract))
    event.add("url", extract.link(entry))
    event.add("categories", ["医养结合", entry.region or "地区未注明"])
    event.add("transp", "TRANSPARENT")  # a duty of the day does not make the day busy
    return event


def _description(entry: Entry, recurrence: Recurrence, extract: Extract) -> str:
    """The sentence as printed, its source, the page that shows it, and how it was put in the calendar."""
    source = source_of(entry.citation, extract.library).words
    bodies = f"责任单位：{'、'.join(entry.bodies)}\n" if entry.bodies else ""
    spread = f"文件写的是「{entry.figure}」，此处按{recurrence.words}一次排列。\n" if recurrence.spread else ""
    note = "起始日期由导出人选定，不是文件规定。"
    return f"「{entry.quote}」\n——{source}\n{bodies}{spread}{note}\n{extract.link(entry)}"


def uid_of(entry: Entry) -> str:
    """An id that stays while the document, the article, the sentence and the figure in it stay.

    The hash of the text is left out: a correction elsewhere in the document would else make every duty a new one, and
    the old ones would stay in the calendar.
    """
    citation = entry.citation
    parts = (citation.document_id, citation.article_id, entry.quote, str(entry.start - citation.start), entry.figure)
    digest = sha256("\n".join(parts).encode()).hexdigest()
    return f"{digest[:32]}@yiyang"
