"""The tables of the store. A change here needs a migration in web.migrations, or a test fails."""

from __future__ import annotations

from sqlalchemy import JSON, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text

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
