"""The calendar of the readers: documents take force and lose it by Beijing's days, wherever the server runs.

A host that keeps UTC is on the day before until eight in the morning of Beijing; its own day is no measure of 时效.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The only time in use in China since 1949, without summer time since 1991."""


def now() -> datetime:
    """The time on the clocks of the readers."""
    return datetime.now(BEIJING)


def today() -> date:
    """The day that it is in Beijing."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day that a moment, given with its zone, falls on in Beijing."""
    return moment.astimezone(BEIJING).date()


def beginning(day: date) -> datetime:
    """Midnight in Beijing, in UTC, as the store keeps moments."""
    return datetime.combine(day, time.min, BEIJING).astimezone(UTC)
