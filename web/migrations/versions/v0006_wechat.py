"""Which conversation a WeChat user is in, and which answer a message got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    conversation = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    op.create_table(
        "wechat_users",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("conversation_id", sa.String(32), conversation, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "wechat_messages",
        sa.Column("message", sa.String(64), primary_key=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_id", sa.String(32), sa.ForeignKey("turns.id", ondelete="CASCADE")),
    )
    for table, column in _INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table in ("wechat_messages", "wechat_users"):
        op.drop_table(table)


_INDEXES = (
    ("wechat_users", "conversation_id"),
    ("wechat_users", "used_at"),
    ("wechat_messages", "taken_at"),
    ("wechat_messages", "answer_id"),
)
