"""Index deliveries that are due by when: what may be sent by now is found without a look at what is to be sent later."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = "ix_webhook_deliveries_soon"


def upgrade() -> None:
    with op.get_context().autocommit_block():  # the table may be large, and webhooks are to be sent meanwhile
        op.create_index(
            NAME,
            "webhook_deliveries",
            ["next_attempt_at"],
            postgresql_where="state = 'due'",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="webhook_deliveries", postgresql_concurrently=True, if_exists=True)
