"""Conversations, their turns, and what people said of the answers.

Answers themselves are not kept: the same question on the same index gives the same answer, so the question is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, func, insert, select

from assistant.answers import Answer, Filters
from assistant.answers import Turn as Said
from web.masking import masked
from web.store.database import Database, in_utc
from web.store.tables import conversations, feedback, turns

_NO_FILTERS = Filters()
HISTORY = 10
"""Turns of a conversation that are read back, the latest."""
CONTEXT = timedelta(hours=12)
"""How long a turn can be leaned on: the person at the counter tomorrow is another one."""
ID_PATTERN = r"^[0-9a-f]{32}$"


class UnknownConversation(KeyError):
    """No conversation has this id."""


class UnknownAnswer(KeyError):
    """No answer has this id."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation, as asked and as understood; answer_id is 32 hexadecimal digits.

    said       what a later turn can lean on
    is_recent  whether it still can
    """

    answer_id: str
    question: str
    said: Said
    index_version: str
    filters: Filters
    limit: int
    is_recent: bool


class Conversations:
    """Conversations and their turns. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """The last HISTORY turns, oldest first. Raises UnknownConversation."""
        newest_first = (
            select(
                turns.c.id,
                turns.c.question,
                turns.c.interpreted_question,
                turns.c.index_version,
                turns.c.filters,
                turns.c.cited,
                turns.c.shown_at_most,
                turns.c.created_at,
            )
            .where(turns.c.conversation_id == conversation_id)
            .order_by(turns.c.position.desc(), turns.c.created_at.desc())
            .limit(HISTORY)
        )
        with self._database.reading() as connection:
            rows = connection.execute(newest_first).all()
        if not rows:
            raise UnknownConversation(conversation_id)
        since = datetime.now(UTC) - CONTEXT
        return tuple(
            Turn(
                row.id,
                row.question,
                Said(row.interpreted_question, tuple((document, article) for document, article in row.cited)),
                row.index_version,
                _filters(row.filters),
                row.shown_at_most,
                is_recent=in_utc(row.created_at) > since,
            )
            for row in reversed(rows)
        )

    def record(
        self,
        answer: Answer,
        index_version: str,
        conversation_id: str | None = None,
        filters: Filters = _NO_FILTERS,
        limit: int = 3,
    ) -> tuple[str, str]:
        """Keep a turn, in a new conversation if none is given, without personal data; returns conversation_id and
        answer_id. Raises UnknownConversation where it was deleted meanwhile."""
        answer_id, now = uuid4().hex, datetime.now(UTC)
        conversation = conversation_id or uuid4().hex
        values = {
            "id": answer_id,
            "conversation_id": conversation,
            "position": 0 if conversation_id is None else _next_position(conversation_id),
            "question": masked(answer.question),
            "interpreted_question": masked(answer.interpreted_question),
            "status": answer.status.value,
            "question_type": answer.question_type.value,
            "index_version": index_version,
            "filters": _as_json(filters),
            "cited": Said.of(answer).cited,
            "shown_at_most": limit,
            "created_at": now,
        }
        with self._database.writing() as connection:
            if conversation_id is None:
                connection.execute(insert(conversations), {"id": conversation, "created_at": now})
            elif connection.scalar(_held(conversation_id)) is None:
                raise UnknownConversation(conversation_id)
            connection.execute(insert(turns).values(**values))
        return conversation, answer_id

    def add_feedback(self, answer_id: str, verdict: str, reason: str | None = None) -> str:
        """Keep a verdict («up», «down») on an answer, its reason without personal data; returns its id. Raises
        UnknownAnswer."""
        feedback_id = uuid4().hex
        row = {
            "id": feedback_id,
            "answer_id": answer_id,
            "verdict": verdict,
            "reason": None if reason is None else masked(reason),
            "created_at": datetime.now(UTC),
        }
        with self._database.writing() as connection:
            if connection.scalar(select(turns.c.id).where(turns.c.id == answer_id)) is None:
                raise UnknownAnswer(answer_id)
            connection.execute(insert(feedback), row)
        return feedback_id


def _as_json(filters: Filters) -> dict[str, Any]:
    fields = asdict(filters)
    return {**fields, "as_of": filters.as_of.isoformat() if filters.as_of else None}


def _filters(fields: Mapping[str, Any]) -> Filters:
    ids, as_of = fields["document_ids"], fields["as_of"]
    return Filters(fields["region"], None if ids is None else tuple(ids), date.fromisoformat(as_of) if as_of else None)


def _held(conversation_id: str) -> Select[Any]:
    """The conversation, until the end of the transaction: two turns at once get a position each."""
    return select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update()


def _next_position(conversation_id: str) -> Any:
    last = select(func.max(turns.c.position)).where(turns.c.conversation_id == conversation_id)
    return func.coalesce(last.scalar_subquery() + 1, 0)
