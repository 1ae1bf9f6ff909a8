"""One verdict an answer: of several the latest is kept."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEEP_THE_LATEST = """
DELETE FROM feedback WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY answer_id ORDER BY created_at DESC, id) AS place FROM feedback
    ) AS ranked WHERE place > 1
)
"""


def upgrade() -> None:
    op.execute(_KEEP_THE_LATEST)
    op.drop_index("ix_feedback_answer_id", "feedback")
    op.create_index("ix_feedback_answer_id", "feedback", ["answer_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_feedback_answer_id", "feedback")
    op.create_index("ix_feedback_answer_id", "feedback", ["answer_id"])
