"""Index notifications by who sent them when: what a business has told strangers within the day is counted."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The table may be large, and messages are to go out meanwhile.
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_notifications_business_id_sent_at",
            "notifications",
            ["business_id", "sent_at"],
            unique=False,
            postgresql_where="sent_at IS NOT NULL",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index(
        "ix_notifications_business_id_sent_at", table_name="notifications", postgresql_where="sent_at IS NOT NULL"
    )
