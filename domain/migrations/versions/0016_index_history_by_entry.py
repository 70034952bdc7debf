"""Index bookings' histories by business and entry: the audit log is read by them."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The table may be large, and bookings are to be decided meanwhile.
    with op.get_context().autocommit_block():
        op.create_index(
            "uq_booking_history_entry",
            "booking_history",
            ["business_id", "entry_id"],
            unique=True,
            postgresql_where="entry_id IS NOT NULL",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("uq_booking_history_entry", table_name="booking_history", postgresql_where="entry_id IS NOT NULL")
