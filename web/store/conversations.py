"""Conversations and their turns.

Answers themselves are not kept: the same question on the same index gives the same answer, so the question is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, Select, func, insert, select

from assistant.answers import Answer, Filters
from assistant.answers import Turn as Said
from web.masking import masked
from web.store.database import Database, in_utc
from web.store.tables import conversations, turns

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
        if not is_id(conversation_id):
            raise UnknownConversation(conversation_id)
        inside = turns.c.conversation_id == conversation_id
        with self._database.reading() as connection:
            rows = connection.execute(_newest_first(inside).limit(HISTORY)).all()
        if not rows:
            raise UnknownConversation(conversation_id)
        return _turns(reversed(rows))

    def turns_to(self, answer_id: str) -> tuple[str, tuple[Turn, ...]]:
        """The conversation in which an answer was given, and its turns up to that one, oldest first: it is the last, at
        most HISTORY go before. Raises UnknownAnswer."""
        if not is_id(answer_id):
            raise UnknownAnswer(answer_id)
        given = select(turns.c.conversation_id, turns.c.position).where(turns.c.id == answer_id)
        with self._database.reading() as connection:
            place = connection.execute(given).one_or_none()
            if place is None:
                raise UnknownAnswer(answer_id)
            inside = (turns.c.conversation_id == place.conversation_id) & (turns.c.position <= place.position)
            rows = connection.execute(_newest_first(inside).limit(HISTORY + 1)).all()
        own = [row for row in rows if row.id == answer_id]
        before = [row for row in rows if row.position < place.position]
        return place.conversation_id, _turns(reversed((*own, *before)))

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


def is_id(words: str) -> bool:
    """Whether the words can be the id of a conversation, an answer or another thing that the store names so. What
    cannot is not asked for: not every database takes every sign."""
    return re.fullmatch(ID_PATTERN, words) is not None


def _newest_first(inside: ColumnElement[bool]) -> Select[Any]:
    return select(turns).where(inside).order_by(turns.c.position.desc(), turns.c.created_at.desc())


def _turns(rows: Iterable[Row[Any]]) -> tuple[Turn, ...]:
    since = datetime.now(UTC) - CONTEXT
    return tuple(_turn(row, since) for row in rows)


def _turn(row: Row[Any], since: datetime) -> Turn:
    """since: when a turn must have been asked to be leaned on."""
    return Turn(
        answer_id=row.id,
        question=row.question,
        said=Said(row.interpreted_question, tuple((document, article) for document, article in row.cited)),
        index_version=row.index_version,
        filters=_filters(row.filters),
        limit=row.shown_at_most,
        is_recent=in_utc(row.created_at) > since,
    )


def _as_json(filters: Filters) -> dict[str, Any]:
    """The region is whatever words a program gave for one, so it is kept without personal data."""
    region = None if filters.region is None else masked(filters.region)
    return {**asdict(filters), "region": region, "as_of": filters.as_of.isoformat() if filters.as_of else None}


def _filters(fields: Mapping[str, Any]) -> Filters:
    ids, as_of = fields["document_ids"], fields["as_of"]
    return Filters(fields["region"], None if ids is None else tuple(ids), date.fromisoformat(as_of) if as_of else None)


def _held(conversation_id: str) -> Select[Any]:
    """The conversation, until the end of the transaction: two turns at once get a position each."""
    return select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update()


def _next_position(conversation_id: str) -> Any:
    last = select(func.max(turns.c.position)).where(turns.c.conversation_id == conversation_id)
    return func.coalesce(last.scalar_subquery() + 1, 0)
