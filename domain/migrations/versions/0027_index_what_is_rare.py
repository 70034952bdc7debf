"""Index the keys of a line, and the deliveries that have not arrived, which are few among all that have."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEYS, DELIVERIES = "ix_api_keys_bucket_id", "ix_webhook_deliveries_not_delivered"


def upgrade() -> None:
    op.create_index(KEYS, "api_keys", ["bucket_id"], if_not_exists=True)
    rest = sa.text("state <> 'delivered'")
    columns = ["business_id", "state", "id"]
    op.create_index(DELIVERIES, "webhook_deliveries", columns, postgresql_where=rest, if_not_exists=True)


def downgrade() -> None:
    op.drop_index(DELIVERIES, if_exists=True)
    op.drop_index(KEYS, if_exists=True)
