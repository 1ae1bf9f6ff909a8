"""The conversations of a visitor, to look through, search and delete.

A visitor is whoever holds a cookie. Only its hash is kept, so that the database opens nobody's conversations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update

from web.store.conversations import UnknownConversation, is_id
from web.store.database import Database, in_utc
from web.store.tables import conversations, turns

MOST = 50
"""Conversations listed at once."""


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation of a visitor: its first question, how many turns it has, and the time of the latest, in UTC."""

    conversation_id: str
    title: str
    turns: int
    latest_at: datetime


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
        if not is_id(conversation_id):
            raise UnknownConversation(conversation_id)
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
        if not is_id(conversation_id):
            raise UnknownConversation(conversation_id)
        with self._database.writing() as connection:
            if not connection.execute(delete(conversations).where(*_own(visitor, conversation_id))).rowcount:
                raise UnknownConversation(conversation_id)

    def delete_all(self, visitor: str) -> int:
        """Delete all conversations of a visitor; returns how many there were."""
        with self._database.writing() as connection:
            own = conversations.c.visitor == _hashed(visitor)
            return connection.execute(delete(conversations).where(own)).rowcount


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
