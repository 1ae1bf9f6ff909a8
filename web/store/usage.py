"""How the server is used, in numbers. Days are those of Beijing, where the users are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, cast, func, select

from web.beijing import beginning
from web.store.database import Database
from web.store.tables import feedback, turns


@dataclass(frozen=True, slots=True)
class Day:
    """The questions of a day, by outcome (web: assistant.answers.Status)."""

    day: date
    outcomes: Mapping[str, int]

    @property
    def questions(self) -> int:
        return sum(self.outcomes.values())


class Usage:
    """Figures over a span of days, the last one included. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_sqlite = database.engine.dialect.name == "sqlite"

    def days(self, first: date, last: date) -> tuple[Day, ...]:
        """Every day, those without questions too."""
        day = self._day(turns.c.created_at).label("day")
        counted = select(day, turns.c.status, func.count().label("asked")).where(*_within(turns, first, last))
        found: dict[date, dict[str, int]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(counted.group_by("day", turns.c.status)):
                on = row.day if isinstance(row.day, date) else date.fromisoformat(row.day)
                found.setdefault(on, {})[row.status] = row.asked
        span = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return tuple(Day(on, found.get(on, {})) for on in span)

    def types(self, first: date, last: date) -> tuple[tuple[str, int], ...]:
        """(question type, questions), most first."""
        counted = select(turns.c.question_type, func.count().label("asked")).where(*_within(turns, first, last))
        ranked = counted.group_by(turns.c.question_type).order_by(func.count().desc(), turns.c.question_type)
        with self._database.reading() as connection:
            return tuple((row.question_type, row.asked) for row in connection.execute(ranked))

    def cited(self, first: date, last: date) -> Mapping[tuple[str, str], int]:
        """How many answers cited an article (document_id, article_id)."""
        found: Counter[tuple[str, str]] = Counter()
        for articles, answers in self._cited(first, last):
            found.update(dict.fromkeys(articles, answers))
        return found

    def documents(self, first: date, last: date) -> Mapping[str, int]:
        """How many answers cited anything of a document (document_id)."""
        found: Counter[str] = Counter()
        for articles, answers in self._cited(first, last):
            found.update(dict.fromkeys({document_id for document_id, _ in articles}, answers))
        return found

    def verdicts(self, first: date, last: date) -> tuple[int, int]:
        """How many answers were judged well, and how many badly, by the day of their latest verdict."""
        counted = select(feedback.c.verdict, func.count().label("said")).where(*_within(feedback, first, last))
        with self._database.reading() as connection:
            said = {row.verdict: row.said for row in connection.execute(counted.group_by(feedback.c.verdict))}
        return said.get("up", 0), said.get("down", 0)

    def _cited(self, first: date, last: date) -> Iterator[tuple[frozenset[tuple[str, str]], int]]:
        """Articles that were cited together, and by how many answers."""
        listed = cast(turns.c.cited, Text).label("cited_text")
        counted = select(listed, func.count().label("answers")).where(*_within(turns, first, last))
        with self._database.reading() as connection:
            rows = connection.execute(counted.group_by("cited_text")).all()
        for row in rows:
            yield (
                frozenset((document_id, article_id) for document_id, article_id in json.loads(row.cited_text)),
                row.answers,
            )

    def _day(self, moment: ColumnElement[datetime]) -> ColumnElement[Any]:
        """SQLite keeps UTC as text; there has been no summer time in China since 1991."""
        if self._is_sqlite:
            return func.date(moment, "+8 hours")
        return cast(func.timezone("Asia/Shanghai", moment), Date)


def _within(table: Any, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    at = table.c.created_at
    return at >= beginning(first), at < beginning(last + timedelta(days=1))
