"""Questions that wait for somebody: not answered or judged badly, those asked alike together; and what was decided.

A decision is kept under a hash of the question, never its words: whoever deletes their conversations deletes those too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select

from assistant.answers import Status
from assistant.questions import normalise
from web.store.database import Database, in_utc
from web.store.tables import feedback, question_marks, turns

MOST = 10_000
"""Turns looked through, the latest."""
_KEY = re.compile(r"[0-9a-f]{32}")
_NUMBER = 12
"""Digits of a key by which people call a question."""
UNANSWERED = (Status.NOT_FOUND, Status.UNSPECIFIED, Status.CLARIFY)


class Kind(StrEnum):
    """Why a question waits: the outcome that its answer had, or that somebody judged it badly."""

    NOT_FOUND = "not_found"
    UNSPECIFIED = "unspecified"
    CLARIFY = "clarify"
    DOWN = "down"


class Decision(StrEnum):
    """What was done about a question. One that is ignored does not come back, the others do when asked again."""

    DONE = "done"
    IGNORED = "ignored"
    GOLD = "gold"
    GLOSSARY = "glossary"


@dataclass(frozen=True, slots=True)
class Mark:
    """A decision, who made it, and when."""

    decision: Decision
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a question was asked.

    question, interpreted  as asked, and as understood after the turns before it
    at                     when it was asked, or judged badly afterwards
    region                 the region that the search was narrowed down to; empty where it was not
    kinds                  why it waits: the outcome, that it was judged badly, or both
    reason                 what was given for judging it so; empty where nothing was
    """

    answer_id: str
    question: str
    interpreted: str
    at: datetime
    region: str
    kinds: frozenset[Kind]
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """A question in all its occurrences, the latest first; mark is the last decision, None where there is none."""

    key: str
    occurrences: tuple[Occurrence, ...]
    mark: Mark | None

    @property
    def number(self) -> str:
        """What to call it where its words must not stay: the first digits of its key."""
        return self.key[:_NUMBER]

    @property
    def latest(self) -> Occurrence:
        return self.occurrences[0]

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(kind for each in self.occurrences for kind in each.kinds)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each once, the latest first."""
        return tuple(dict.fromkeys(each.reason for each in self.occurrences if each.reason))

    @property
    def since_mark(self) -> int:
        """How often it occurred since the decision; all of them where there was none."""
        return sum(self.mark is None or each.at > self.mark.at for each in self.occurrences)

    @property
    def waits(self) -> bool:
        """Whether somebody should look at it."""
        return self.mark is None or (self.mark.decision is not Decision.IGNORED and self.since_mark > 0)


class Queue:
    """The queue. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def groups(self, since: datetime) -> tuple[Group, ...]:
        """The questions asked since then that went wrong, newest first; of more than MOST turns the latest."""
        marks, alike = self._marks(), defaultdict[str, list[Occurrence]](list)
        for each in self._occurrences(since):
            alike[key_of(each.interpreted)].append(each)
        found = (Group(key, tuple(_newest_first(times)), marks.get(key)) for key, times in alike.items())
        return tuple(sorted(found, key=lambda group: group.latest.at, reverse=True))

    def mark(self, key: str, decision: Decision, who: str) -> None:
        """Keep a decision in place of an earlier one."""
        row = {"question": key, "decision": decision.value, "who": who, "at": datetime.now(UTC)}
        with self._database.writing() as connection:
            connection.execute(delete(question_marks).where(question_marks.c.question == key))
            connection.execute(insert(question_marks), row)

    def unmark(self, key: str) -> bool:
        """Forget the decision; False where there is none."""
        with self._database.writing() as connection:
            return connection.execute(delete(question_marks).where(question_marks.c.question == key)).rowcount == 1

    def _marks(self) -> Mapping[str, Mark]:
        with self._database.reading() as connection:
            rows = connection.execute(select(question_marks)).all()
        return {row.question: Mark(Decision(row.decision), row.who, in_utc(row.at)) for row in rows}

    def _occurrences(self, since: datetime) -> tuple[Occurrence, ...]:
        bad = feedback.c.verdict == "down"
        judged = select(feedback.c.answer_id).where(bad, feedback.c.created_at >= since)
        unanswered = turns.c.status.in_([*UNANSWERED]) & (turns.c.created_at >= since)
        wanted = (
            select(
                turns.c.id,
                turns.c.question,
                turns.c.interpreted_question,
                turns.c.status,
                turns.c.filters,
                turns.c.created_at,
            )
            .where(or_(unanswered, turns.c.id.in_(judged)))
            .order_by(turns.c.created_at.desc())
            .limit(MOST)
        )
        said = select(feedback.c.answer_id, feedback.c.reason, feedback.c.created_at).where(bad)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
            judged_badly = connection.execute(said.where(feedback.c.created_at >= since))
            verdicts = {answer_id: (in_utc(at), reason or "") for answer_id, reason, at in judged_badly}
        return tuple(_occurrence(row, verdicts.get(row.id)) for row in rows)


def key_of(question: str) -> str:
    """What questions asked alike have in common: a hash of their letters and digits, whatever their form and signs."""
    plain = normalise(question).casefold()
    letters = "".join(sign for sign in plain if sign.isalnum())
    return sha256((letters or plain).encode("utf-8", "replace")).hexdigest()[:32]


def is_key(words: str) -> bool:
    """Whether the words can be the key of a question."""
    return _KEY.fullmatch(words) is not None


def _occurrence(row: Row[*tuple[Any, ...]], judged: tuple[datetime, str] | None) -> Occurrence:
    """judged: when it was judged badly, and the reason given."""
    asked_at = in_utc(row.created_at)
    at, reason = judged or (asked_at, "")
    return Occurrence(
        row.id,
        row.question,
        row.interpreted_question,
        max(asked_at, at),
        row.filters["region"] or "",
        _kinds(row.status, judged is not None),
        reason,
    )


def _newest_first(times: Iterable[Occurrence]) -> list[Occurrence]:
    return sorted(times, key=lambda each: each.at, reverse=True)


def _kinds(status: str, is_down: bool) -> frozenset[Kind]:
    outcome = [Kind(status)] if status in UNANSWERED else []
    return frozenset([*outcome, *([Kind.DOWN] if is_down else [])])
