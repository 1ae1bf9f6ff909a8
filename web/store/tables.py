"""The tables of the store. A change here needs a migration in web.migrations, or a test fails."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()
conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("visitor", String(64)),
    Index("ix_conversations_visitor", "visitor", "created_at"),
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
    Index("ix_turns_created_at", "created_at"),
)
feedback = Table(
    "feedback",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "answer_id", String(32), ForeignKey("turns.id", ondelete="CASCADE"), nullable=False, unique=True, index=True
    ),
    Column("verdict", String(4), nullable=False),
    Column("reason", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
keys = Table(
    "api_keys",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("secret_hash", String(128), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("per_day", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_on", Date),
    Column("revoked_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
)
key_usage = Table(
    "api_key_usage",
    metadata,
    Column("key_id", String(12), ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("requests", Integer, nullable=False),
)
accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("disabled_at", DateTime(timezone=True)),
)
sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
attempts = Table(
    "attempts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
uploads = Table(
    "uploads",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("account", String(40), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("facts", JSON, nullable=False),
    Column("message", Text, nullable=False),
)
publications = Table(
    "publications",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("upload_id", String(32), ForeignKey("uploads.id")),
    Column("document_id", String(255), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("version", String(64)),
    Column("previous_version", String(64)),
    Column("account", String(40), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("stage", String(16), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("index_version", String(64)),
)
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("who", String(40), nullable=False, index=True),
    Column("action", String(16), nullable=False, index=True),
    Column("detail", Text, nullable=False),
)
wechat_users = Table(
    "wechat_users",
    metadata,
    Column("user", String(64), primary_key=True),
    Column(
        "conversation_id", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("used_at", DateTime(timezone=True), nullable=False, index=True),
)
wechat_messages = Table(
    "wechat_messages",
    metadata,
    Column("message", String(64), primary_key=True),
    Column("taken_at", DateTime(timezone=True), nullable=False, index=True),
    Column("answer_id", String(32), ForeignKey("turns.id", ondelete="CASCADE"), index=True),
)
wechat_signatures = Table(
    "wechat_signatures",
    metadata,
    Column("signature", String(64), primary_key=True),
    Column("message", String(64), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, index=True),
)
question_marks = Table(
    "question_marks",
    metadata,
    Column("question", String(64), primary_key=True),
    Column("decision", String(16), nullable=False),
    Column("who", String(40), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
glossary_trials = Table(
    "glossary_trials",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(40), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("state", String(16), nullable=False),
    Column("words", JSON, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("made_from", String(64), nullable=False),
    Column("question", String(64), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("scores", JSON, nullable=False),
)
