"""Conversations, their turns, and what people said of the answers.

SQLite in WAL mode unless told otherwise. Answers themselves are not kept: the same question on the same index gives
the same answer, so the question is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
)

from assistant.answers import Answer, Filters
from assistant.answers import Turn as Said

_NO_FILTERS = Filters()
HISTORY = 10
"""Turns of a conversation that are read back, the latest."""
CONTEXT = timedelta(hours=12)
"""How long a turn can be leaned on: the person at the counter tomorrow is another one."""
ID_PATTERN = r"^[0-9a-f]{32}$"

metadata = MetaData()
conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
turns = Table(
    "turns",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("interpreted_question", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("question_type", String(16), nullable=False),
    Column("index_version", String(64), nullable=False),
    Column("filters", JSON, nullable=False),
    Column("cited", JSON, nullable=False),
    Column("shown_at_most", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_turns_conversation", "conversation_id", "position"),
)
feedback = Table(
    "feedback",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("answer_id", String(32), ForeignKey("turns.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("verdict", String(4), nullable=False),
    Column("reason", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
)


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


class Store:
    """The database behind the pages. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing: AbstractContextManager[Any] = Lock() if engine.dialect.name == "sqlite" else nullcontext()

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
        with self._engine.connect() as connection:
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
                is_recent=_in_utc(row.created_at) > since,
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
        """Keep a turn, in a new conversation if none is given; returns conversation_id and answer_id."""
        answer_id, now = uuid4().hex, datetime.now(UTC)
        conversation = conversation_id or uuid4().hex
        values = {
            "id": answer_id,
            "conversation_id": conversation,
            "position": 0 if conversation_id is None else _next_position(conversation_id),
            "question": answer.question,
            "interpreted_question": answer.interpreted_question,
            "status": answer.status.value,
            "question_type": answer.question_type.value,
            "index_version": index_version,
            "filters": _as_json(filters),
            "cited": Said.of(answer).cited,
            "shown_at_most": limit,
            "created_at": now,
        }
        with self._writing, self._engine.begin() as connection:
            if conversation_id is None:
                connection.execute(insert(conversations), {"id": conversation, "created_at": now})
            connection.execute(insert(turns).values(**values))
        return conversation, answer_id

    def add_feedback(self, answer_id: str, verdict: str, reason: str | None = None) -> str:
        """Keep a verdict («up», «down») on an answer; returns its id. Raises UnknownAnswer."""
        feedback_id = uuid4().hex
        row = {
            "id": feedback_id,
            "answer_id": answer_id,
            "verdict": verdict,
            "reason": reason,
            "created_at": datetime.now(UTC),
        }
        with self._writing, self._engine.begin() as connection:
            if connection.scalar(select(turns.c.id).where(turns.c.id == answer_id)) is None:
                raise UnknownAnswer(answer_id)
            connection.execute(insert(feedback), row)
        return feedback_id

    def ping(self) -> None:
        """Raises sqlalchemy's OperationalError where the database does not answer."""
        with self._engine.connect() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        self._engine.dispose()


def _in_utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone; they were written in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_json(filters: Filters) -> dict[str, Any]:
    fields = asdict(filters)
    return {**fields, "as_of": filters.as_of.isoformat() if filters.as_of else None}


def _filters(fields: Mapping[str, Any]) -> Filters:
    ids, as_of = fields["document_ids"], fields["as_of"]
    return Filters(fields["region"], None if ids is None else tuple(ids), date.fromisoformat(as_of) if as_of else None)


def open_store(url: str) -> Store:
    """Connect, bring the tables up to date, and hand out the store."""
    from web.migrations import upgrade

    engine = create_engine(url, **_options(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    upgrade(engine)
    return Store(engine)


def _options(url: str) -> dict[str, Any]:
    return {} if make_url(url).get_backend_name() == "sqlite" else {"pool_pre_ping": True}


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _next_position(conversation_id: str) -> Any:
    last = select(func.max(turns.c.position)).where(turns.c.conversation_id == conversation_id)
    return func.coalesce(last.scalar_subquery() + 1, 0)
