"""How often something is due, in the few rhythms that people plan by: 每月, 每半年, 每年."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from corpus.figures.measures import Frequency

_MONTHS = {"年": 12, "季度": 3, "月": 1}
"""Months in a unit of time."""
_DAYS = {"周": 7, "天": 1, "日": 1, "工作日": 1}
"""Days in a unit of time; a working day comes as often as a day, week-ends apart."""


class Rhythm(StrEnum):
    """A usual period; OTHER is any that is not, such as 每2年 or 每次."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    OTHER = "other"


RHYTHM_NAMES: Mapping[Rhythm, str] = {
    Rhythm.DAY: "每日",
    Rhythm.WEEK: "每周",
    Rhythm.MONTH: "每月",
    Rhythm.QUARTER: "每季度",
    Rhythm.HALF_YEAR: "每半年",
    Rhythm.YEAR: "每年",
    Rhythm.OTHER: "其他周期",
}
_BY_MONTHS = {1.0: Rhythm.MONTH, 3.0: Rhythm.QUARTER, 6.0: Rhythm.HALF_YEAR, 12.0: Rhythm.YEAR}
_BY_DAYS = {1.0: Rhythm.DAY, 7.0: Rhythm.WEEK}


def rhythm_of(frequency: Frequency) -> Rhythm:
    """每半年 and 每6个月 are HALF_YEAR, 每2年 and 每次 OTHER."""
    if (months := months_of(frequency)) is not None:
        return _BY_MONTHS.get(months, Rhythm.OTHER)
    return _BY_DAYS.get(days_of(frequency) or 0.0, Rhythm.OTHER)


def months_of(frequency: Frequency) -> float | None:
    """The months of its period; None where it is not counted in months or years."""
    return frequency.number * _MONTHS[frequency.unit] if frequency.unit in _MONTHS else None


def days_of(frequency: Frequency) -> float | None:
    """The days of its period; None where it is not counted in days or weeks."""
    return frequency.number * _DAYS[frequency.unit] if frequency.unit in _DAYS else None


def nearness(frequency: Frequency | None) -> float:
    """Days between two times, for putting the frequent first; what has no such period comes last."""
    if frequency is None:
        return float("inf")
    months, days = months_of(frequency), days_of(frequency)
    return months * 30.4 if months is not None else days if days is not None else float("inf")
