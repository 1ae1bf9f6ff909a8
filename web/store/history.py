"""The conversations of a visitor, to look through, search and delete; and what a visitor has said of one answer.

A visitor is whoever holds a cookie. Only its hash is kept, so that the database opens nobody's conversations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update

from assistant.answers import Filters
from assistant.answers import Turn as Said
from web.masking import masked
from web.store.conversations import HISTORY, Turn, UnknownAnswer, UnknownConversation
from web.store.database import Database, in_utc
from web.store.tables import conversations, feedback, turns

MOST = 50
"""Conversations listed at once."""


class UnknownFeedback(KeyError):
    """No verdict has this id."""


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation of a visitor: its first question, how many turns it has, and the time of the latest, in UTC."""

    conversation_id: str
    title: str
    turns: int
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of an answer; verdict is «up» or «down», reason empty where none was given."""

    feedback_id: str
    answer_id: str
    conversation_id: str
    verdict: str
    reason: str


class History:
    """What visitors have asked. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, conversation_id: str, visitor: str) -> None:
        """Make a conversation a visitor's, unless it is somebody's already."""
        unclaimed = (conversations.c.id == conversation_id) & conversations.c.visitor.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(conversations).where(unclaimed).values(visitor=_hashed(visitor)))

    def past(self, visitor: str, words: str = "", skip: int = 0, limit: int = MOST) -> tuple[Past, ...]:
        """The visitor's conversations, the latest first; with words, those in which a question has them."""
        having = select(turns.c.conversation_id).where(turns.c.question.icontains(words, autoescape=True))
        listed = _listed(visitor) if not words else _listed(visitor).where(turns.c.conversation_id.in_(having))
        latest_first = listed.order_by(func.max(turns.c.created_at).desc(), turns.c.conversation_id)
        return self._past(latest_first.offset(skip).limit(limit))

    def find(self, visitor: str, conversation_id: str) -> Past:
        """One of the visitor's conversations. Raises UnknownConversation where it is not theirs."""
        found = self._past(_listed(visitor).where(turns.c.conversation_id == conversation_id))
        if not found:
            raise UnknownConversation(conversation_id)
        return found[0]

    def _past(self, listed: Select[Any]) -> tuple[Past, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(listed).all()
            inside = turns.c.conversation_id.in_([row.conversation_id for row in rows])
            first = select(turns.c.conversation_id, turns.c.question).where(inside, turns.c.position == 0)
            titles = {row.conversation_id: row.question for row in connection.execute(first)}
        return tuple(_past(row, titles) for row in rows)

    def delete(self, visitor: str, conversation_id: str) -> None:
        """Delete a conversation with its turns and what was said of them. Raises UnknownConversation where it is not
        the visitor's."""
        with self._database.writing() as connection:
            if not connection.execute(delete(conversations).where(*_own(visitor, conversation_id))).rowcount:
                raise UnknownConversation(conversation_id)

    def delete_all(self, visitor: str) -> int:
        """Delete all conversations of a visitor; returns how many there were."""
        with self._database.writing() as connection:
            own = conversations.c.visitor == _hashed(visitor)
            return connection.execute(delete(conversations).where(own)).rowcount

    def turns_to(self, answer_id: str) -> tuple[str, tuple[Turn, ...]]:
        """The conversation in which an answer was given, and its turns up to that one, oldest first: it is the last, at
        most HISTORY go before. Raises UnknownAnswer."""
        given = select(turns.c.conversation_id, turns.c.position).where(turns.c.id == answer_id)
        with self._database.reading() as connection:
            place = connection.execute(given).one_or_none()
            if place is None:
                raise UnknownAnswer(answer_id)
            inside = (turns.c.conversation_id == place.conversation_id) & (turns.c.position <= place.position)
            newest_first = select(turns).where(inside).order_by(turns.c.position.desc(), turns.c.created_at.desc())
            rows = connection.execute(newest_first.limit(HISTORY + 1)).all()
        own = [row for row in rows if row.id == answer_id]
        before = [row for row in rows if row.position < place.position]
        return place.conversation_id, tuple(_turn(row) for row in reversed((*own, *before)))

    def verdict(self, feedback_id: str) -> Verdict:
        """Raises UnknownFeedback."""
        with self._database.reading() as connection:
            row = connection.execute(_VERDICTS.where(feedback.c.id == feedback_id)).one_or_none()
        if row is None:
            raise UnknownFeedback(feedback_id)
        return _verdict(row)

    def verdicts(self, conversation_id: str) -> dict[str, Verdict]:
        """The latest verdict on each answer of a conversation, by answer."""
        wanted = _VERDICTS.where(turns.c.conversation_id == conversation_id).order_by(feedback.c.created_at)
        with self._database.reading() as connection:
            return {row.answer_id: _verdict(row) for row in connection.execute(wanted)}

    def explain(self, feedback_id: str, reason: str) -> None:
        """Put a reason to a verdict, in place of an earlier one. Raises UnknownFeedback."""
        with self._database.writing() as connection:
            given = update(feedback).where(feedback.c.id == feedback_id).values(reason=masked(reason))
            if not connection.execute(given).rowcount:
                raise UnknownFeedback(feedback_id)

    def withdraw(self, feedback_id: str) -> None:
        """Take a verdict back; one that is gone already stays gone."""
        with self._database.writing() as connection:
            connection.execute(delete(feedback).where(feedback.c.id == feedback_id))


_VERDICTS = select(
    feedback.c.id, feedback.c.answer_id, turns.c.conversation_id, feedback.c.verdict, feedback.c.reason
).join(turns, turns.c.id == feedback.c.answer_id)


def _verdict(row: Row[Any, Any, Any, Any, Any]) -> Verdict:
    return Verdict(row.id, row.answer_id, row.conversation_id, row.verdict, row.reason or "")


def _hashed(visitor: str) -> str:
    return sha256(visitor.encode()).hexdigest()


def _own(visitor: str, conversation_id: str) -> tuple[ColumnElement[bool], ...]:
    return conversations.c.id == conversation_id, conversations.c.visitor == _hashed(visitor)


def _listed(visitor: str) -> Select[Any]:
    """A row for each of the visitor's conversations."""
    return (
        select(turns.c.conversation_id, func.count().label("turns"), func.max(turns.c.created_at).label("latest"))
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(conversations.c.visitor == _hashed(visitor))
        .group_by(turns.c.conversation_id)
    )


def _past(row: Row[Any], titles: Mapping[str, str]) -> Past:
    return Past(row.conversation_id, titles.get(row.conversation_id, ""), row.turns, in_utc(row.latest))


def _turn(row: Row[Any]) -> Turn:
    limits, as_of = row.filters, row.filters["as_of"]
    ids = limits["document_ids"]
    return Turn(
        answer_id=row.id,
        question=row.question,
        said=Said(row.interpreted_question, tuple((document, article) for document, article in row.cited)),
        index_version=row.index_version,
        filters=Filters(
            limits["region"], None if ids is None else tuple(ids), date.fromisoformat(as_of) if as_of else None
        ),
        limit=row.shown_at_most,
        is_recent=False,
    )
