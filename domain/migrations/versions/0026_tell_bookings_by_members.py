"""Tell apart what a member has booked for somebody else: their rights to it end when they are a member no more."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEX = "ix_bookings_booked_by"
# Of those who have left nobody is known to have been there when they booked.
MEMBERS = sa.text("""
    UPDATE bookings SET by_member = true
     WHERE customer_id IS NULL
       AND EXISTS (SELECT FROM members AS m WHERE m.business_id = bookings.business_id AND m.user_id = bookings.booked_by)
""")


def upgrade() -> None:
    by_member: sa.Column[bool] = sa.Column("by_member", sa.Boolean(), server_default="false", nullable=False)
    op.add_column("bookings", by_member, if_not_exists=True)
    op.execute(MEMBERS)
    op.drop_index(INDEX, if_exists=True)
    op.create_index(INDEX, "bookings", ["booked_by", "id"], postgresql_where=sa.text("NOT by_member"))


def downgrade() -> None:
    op.drop_index(INDEX, if_exists=True)
    op.create_index(INDEX, "bookings", ["booked_by", "id"])
    op.drop_column("bookings", "by_member", if_exists=True)
