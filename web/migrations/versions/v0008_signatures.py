"""Which message a signature of the WeChat platform came with first, so that no process takes a replay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wechat_signatures",
        sa.Column("signature", sa.String(64), primary_key=True),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_wechat_signatures_seen_at", "wechat_signatures", ["seen_at"])


def downgrade() -> None:
    op.drop_table("wechat_signatures")
