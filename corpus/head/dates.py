"""Dates as documents print them, and the terms counted from them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from corpus.structure.numerals import NumeralError, whole_number

_SPACE = r"[ \t\u3000]{0,4}"
_DIGIT = "0-9０-９〇○零一二三四五六七八九"
DAY = rf"(?:[{_DIGIT}]{{4}}{_SPACE}年{_SPACE}[{_DIGIT}十]{{1,3}}{_SPACE}月{_SPACE}[{_DIGIT}十]{{1,3}}{_SPACE}日)"
"""2024年12月12日, 2026年 4月 20 日, 二〇二四年十二月十二日; no groups."""
PLAIN_DAY = r"(?:[12][0-9]{3}[-./][0-9]{1,2}[-./][0-9]{1,2}(?![0-9]))"
"""2024-12-12, 2024.12.12, as the boxes of web pages print a date; no groups."""

_PARTS = re.compile(
    rf"(?P<year>[{_DIGIT}]{{4}}){_SPACE}[年\-./]{_SPACE}(?P<month>[{_DIGIT}十]{{1,3}}){_SPACE}[月\-./]"
    rf"{_SPACE}(?P<day>[{_DIGIT}十]{{1,3}})"
)
_EACH_DIGIT = str.maketrans("０１２３４５６７８９〇○零一二三四五六七八九", "0123456789000123456789")


def date_of(printed: str) -> date | None:
    """The first day printed, None where there is none or the calendar has no such day."""
    parts = _PARTS.search(printed)
    if parts is None:
        return None
    try:
        year = int(parts["year"].translate(_EACH_DIGIT))
        return date(year, whole_number(parts["month"]), whole_number(parts["day"]))
    except (ValueError, NumeralError):
        return None


def last_day(first: date, months: int) -> date:
    """The last day of a term of so many months from its first day on, that day counted: a year from 1 May, 30 April.

    Raises ValueError where the calendar ends before.
    """
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    if year > date.max.year:
        raise ValueError(f"{months} months from {first} on")
    length = monthrange(year, month)[1]
    return date(year, month, length) if first.day > length else date(year, month, first.day) - timedelta(days=1)
