"""Name the account that each notification counts against: of who booked, or of the business."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Of what is over only the last day counts against anybody.
BEHIND = """
UPDATE notifications AS n
   SET account_id = CASE WHEN inside.user_id IS NULL THEN booker.account_id ELSE run.account_id END
  FROM bookings AS b
  JOIN businesses AS run ON run.id = b.business_id
  JOIN users AS booker ON booker.id = b.booked_by
  LEFT JOIN members AS inside ON inside.business_id = b.business_id AND inside.user_id = b.booked_by
 WHERE b.id = n.booking_id AND (n.next_try_at IS NOT NULL OR n.sent_at > now() - interval '1 day')
"""
INDEXES = [
    ("ix_notifications_account_id_sent_at", "notifications", ["account_id", "sent_at"], "sent_at IS NOT NULL"),
    (
        "ix_notifications_account_id_next_try_at",
        "notifications",
        ["account_id", "next_try_at"],
        "next_try_at IS NOT NULL",
    ),
]
REPLACED = ("ix_notifications_business_id_sent_at", "notifications", ["business_id", "sent_at"], "sent_at IS NOT NULL")


def upgrade() -> None:
    account = sa.ForeignKey("accounts.id", name=op.f("fk_notifications_account_id"))
    op.add_column("notifications", sa.Column("account_id", sa.Uuid(), account, nullable=True), if_not_exists=True)
    op.execute(BEHIND)
    with op.get_context().autocommit_block():  # the table may be large, and messages are to go out meanwhile
        for name, table, columns, where in INDEXES:
            op.create_index(
                name, table, columns, postgresql_where=where, postgresql_concurrently=True, if_not_exists=True
            )
    op.drop_index(REPLACED[0], table_name=REPLACED[1], if_exists=True)


def downgrade() -> None:
    name, table, columns, where = REPLACED
    op.create_index(name, table, columns, postgresql_where=where)
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_constraint(op.f("fk_notifications_account_id"), "notifications", type_="foreignkey")
    op.drop_column("notifications", "account_id")
