"""Add tails: readers of all events, and the index that they read by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import UserDefinedType

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id."""

    def get_col_spec(self, **_: object) -> str:
        """Name the type as PostgreSQL does."""
        return "xid8"


def upgrade() -> None:
    op.create_index("ix_events_xid_id", "events", ["xid", "id"], unique=False, postgresql_where="id > 0")
    op.create_table(
        "tails",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("xid", Xid8(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tails")),
    )


def downgrade() -> None:
    op.drop_table("tails")
    op.drop_index("ix_events_xid_id", table_name="events", postgresql_where="id > 0")
