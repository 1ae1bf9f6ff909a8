"""Entries of the glossary tried out before they are kept: what they are, how far the evaluation is, its result.

The process that evaluates says every few seconds that it still does; one that has not said so for STALE was cut off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, insert, select, update

from web.store.conversations import is_id
from web.store.database import Database, in_utc
from web.store.tables import glossary_trials as trials

STALE = timedelta(seconds=60)
LISTED = 10
"""Trials listed, the latest."""


class TrialState(StrEnum):
    """Where a trial stands. INTERRUPTED is never written: it is what RUNNING means where nobody runs it any more."""

    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    KEPT = "kept"
    INTERRUPTED = "interrupted"


class UnknownTrial(KeyError):
    """There is no trial of that id."""


class TrialUnderWay(ValueError):
    """Another trial is being evaluated; the message is in Chinese."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Entries tried out.

    words, terms  lay words, and the terms that documents print for each of them
    made_from     the fingerprint of the office's glossary that they were tried on
    question      the key of the question in the queue that they are for; empty where there is none
    stage, done, total  how far the evaluation is
    scores        what it measured, as `python -m eval glossary` gives it; empty before
    """

    id: str
    account: str
    created_at: datetime
    state: TrialState
    words: tuple[str, ...]
    terms: tuple[str, ...]
    made_from: str
    question: str
    stage: str
    done: int
    total: int
    message: str
    scores: Mapping[str, Any]


class Trials:
    """The trials. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: str, words: Sequence[str], terms: Sequence[str], made_from: str, question: str = "") -> str:
        """Begin one; returns its id. Raises TrialUnderWay: each takes a processor for half a minute."""
        trial_id, now = uuid4().hex, datetime.now(UTC)
        row = {
            "id": trial_id,
            "account": account,
            "created_at": now,
            "changed_at": now,
            "state": TrialState.RUNNING.value,
            "words": list(words),
            "terms": list(terms),
            "made_from": made_from,
            "question": question,
            "stage": "",
            "done": 0,
            "total": 0,
            "message": "",
            "scores": {},
        }
        with self._database.writing(alone=True) as connection:
            if connection.execute(select(trials.c.id).where(_runs(now))).first() is not None:
                raise TrialUnderWay("正在评测另一个词条，请等它结束或取消后再试")
            connection.execute(insert(trials), row)
        return trial_id

    def get(self, trial_id: str) -> Trial:
        """Raises UnknownTrial."""
        if not is_id(trial_id):
            raise UnknownTrial(trial_id)
        with self._database.reading() as connection:
            row = connection.execute(select(trials).where(trials.c.id == trial_id)).first()
        if row is None:
            raise UnknownTrial(trial_id)
        return _trial(row)

    def latest(self) -> tuple[Trial, ...]:
        """The latest, newest first."""
        newest = select(trials).order_by(trials.c.created_at.desc(), trials.c.id).limit(LISTED)
        with self._database.reading() as connection:
            return tuple(map(_trial, connection.execute(newest).all()))

    def goes_on(self, trial_id: str) -> bool:
        """Say that it is still evaluated; False where somebody has cancelled it."""
        return self.move(trial_id, TrialState.RUNNING, TrialState.RUNNING)

    def note(self, trial_id: str, stage: str, done: int, total: int) -> None:
        """Keep how far it is."""
        self.move(trial_id, TrialState.RUNNING, TrialState.RUNNING, stage=stage, done=done, total=total)

    def move(self, trial_id: str, stands: TrialState, to: TrialState, **changes: Any) -> bool:
        """Let one that stands there stand at `to`, with these values of columns; False where it does not."""
        values = {"state": to.value, "changed_at": datetime.now(UTC), **changes}
        mine = (trials.c.id == trial_id, trials.c.state == stands.value)
        with self._database.writing() as connection:
            return connection.execute(update(trials).where(*mine).values(**values)).rowcount == 1


def _runs(now: datetime) -> ColumnElement[bool]:
    return (trials.c.state == TrialState.RUNNING.value) & (trials.c.changed_at > now - STALE)


def _trial(row: Row[Any]) -> Trial:
    state = TrialState(row.state)
    if state is TrialState.RUNNING and in_utc(row.changed_at) <= datetime.now(UTC) - STALE:
        state = TrialState.INTERRUPTED
    return Trial(
        id=row.id,
        account=row.account,
        created_at=in_utc(row.created_at),
        state=state,
        words=tuple(row.words),
        terms=tuple(row.terms),
        made_from=row.made_from,
        question=row.question,
        stage=row.stage,
        done=row.done,
        total=row.total,
        message=row.message,
        scores=row.scores,
    )
