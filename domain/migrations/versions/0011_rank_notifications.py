"""Rank notifications: what somebody waits for is sent before what they do not know of."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RANK_WHAT_WAITS = """
UPDATE notifications
   SET urgency = CASE WHEN audience = 'user' THEN 0 ELSE 2 END
 WHERE next_try_at IS NOT NULL AND (audience = 'user' OR kind IN ('reminder', 'follow_up'))
"""


def upgrade() -> None:
    op.add_column("notifications", sa.Column("urgency", sa.SmallInteger(), server_default="1", nullable=False))
    op.execute(RANK_WHAT_WAITS)
    op.create_index(
        "ix_notifications_urgency",
        "notifications",
        ["urgency", "next_try_at"],
        unique=False,
        postgresql_where="next_try_at IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_notifications_urgency", table_name="notifications", postgresql_where="next_try_at IS NOT NULL")
    op.drop_column("notifications", "urgency")
