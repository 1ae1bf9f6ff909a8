"""Who a conversation belongs to, so that a visitor sees and deletes their own only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("visitor", sa.String(64)))
        conversations.create_index("ix_conversations_visitor", ["visitor", "created_at"])


def downgrade() -> None:
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_index("ix_conversations_visitor")
        conversations.drop_column("visitor")
