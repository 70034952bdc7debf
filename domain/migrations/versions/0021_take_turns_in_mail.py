"""Let accounts take turns in mail, and count who died with a message: a column, and two indexes in place of one."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TURN = ["urgency", "account_id", "next_try_at"]
OLD = "ix_notifications_account_id_next_try_at"


def upgrade() -> None:
    deaths = sa.Column("deaths", sa.SmallInteger(), server_default="0", nullable=False)
    op.add_column("notifications", deaths, if_not_exists=True)
    with op.get_context().autocommit_block():  # the table may be large, and mail is to be sent meanwhile
        _index("ix_notifications_turn", TURN, "state = 'due'")
        _index("ix_notifications_lease", ["next_try_at"], "state = 'sending'")
        op.drop_index(OLD, table_name="notifications", postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _index(OLD, ["account_id", "next_try_at"], "next_try_at IS NOT NULL")
        op.drop_index(
            "ix_notifications_lease", table_name="notifications", postgresql_concurrently=True, if_exists=True
        )
        op.drop_index("ix_notifications_turn", table_name="notifications", postgresql_concurrently=True, if_exists=True)
    op.drop_column("notifications", "deaths", if_exists=True)


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, "notifications", columns, postgresql_where=where, postgresql_concurrently=True, if_not_exists=True
    )
