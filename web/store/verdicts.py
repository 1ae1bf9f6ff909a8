"""What people say of answers: one verdict an answer, the latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Select, delete, insert, select, update

from web.masking import masked
from web.store.conversations import UnknownAnswer, is_id
from web.store.database import Database
from web.store.tables import feedback, turns


class UnknownFeedback(KeyError):
    """No verdict has this id."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of an answer; verdict is «up» or «down», reason empty where none was given."""

    feedback_id: str
    answer_id: str
    conversation_id: str
    verdict: str
    reason: str


class Verdicts:
    """What was said of answers. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, answer_id: str, verdict: str, reason: str | None = None) -> str:
        """Keep a verdict («up», «down») on an answer and what is given for it now, without personal data.

        It takes the place of an earlier one, reason and time included, under the same id. Returns that id, 32
        hexadecimal digits. Raises UnknownAnswer.
        """
        if not is_id(answer_id):
            raise UnknownAnswer(answer_id)
        said = {
            "verdict": verdict,
            "reason": None if reason is None else masked(reason),
            "created_at": datetime.now(UTC),
        }
        with self._database.writing() as connection:
            if connection.scalar(_held(answer_id)) is None:
                raise UnknownAnswer(answer_id)
            earlier = update(feedback).where(feedback.c.answer_id == answer_id).values(**said)
            feedback_id = connection.scalar(earlier.returning(feedback.c.id))
            if feedback_id is None:
                feedback_id = uuid4().hex
                connection.execute(insert(feedback), {"id": feedback_id, "answer_id": answer_id, **said})
        return str(feedback_id)

    def get(self, feedback_id: str) -> Verdict:
        """Raises UnknownFeedback."""
        if not is_id(feedback_id):
            raise UnknownFeedback(feedback_id)
        with self._database.reading() as connection:
            row = connection.execute(_VERDICTS.where(feedback.c.id == feedback_id)).one_or_none()
        if row is None:
            raise UnknownFeedback(feedback_id)
        return _verdict(row)

    def of_conversation(self, conversation_id: str) -> dict[str, Verdict]:
        """The verdicts on the answers of a conversation, by answer; none where there is no such conversation."""
        if not is_id(conversation_id):
            return {}
        with self._database.reading() as connection:
            rows = connection.execute(_VERDICTS.where(turns.c.conversation_id == conversation_id))
            return {row.answer_id: _verdict(row) for row in rows}

    def explain(self, feedback_id: str, reason: str) -> None:
        """Put a reason to a verdict, in place of an earlier one, without personal data. Raises UnknownFeedback."""
        if not is_id(feedback_id):
            raise UnknownFeedback(feedback_id)
        with self._database.writing() as connection:
            given = update(feedback).where(feedback.c.id == feedback_id).values(reason=masked(reason))
            if not connection.execute(given).rowcount:
                raise UnknownFeedback(feedback_id)

    def withdraw(self, feedback_id: str) -> None:
        """Take a verdict back; one that is gone already, or never was, stays gone."""
        if is_id(feedback_id):
            with self._database.writing() as connection:
                connection.execute(delete(feedback).where(feedback.c.id == feedback_id))


_VERDICTS = select(
    feedback.c.id, feedback.c.answer_id, turns.c.conversation_id, feedback.c.verdict, feedback.c.reason
).join(turns, turns.c.id == feedback.c.answer_id)


def _held(answer_id: str) -> Select[Any]:
    """The answer, until the end of the transaction: of two verdicts at once the second finds the first."""
    return select(turns.c.id).where(turns.c.id == answer_id).with_for_update()


def _verdict(row: Row[Any, Any, Any, Any, Any]) -> Verdict:
    return Verdict(row.id, row.answer_id, row.conversation_id, row.verdict, row.reason or "")
