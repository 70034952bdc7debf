"""Count tries of deliveries that were interrupted apart from those of the schedule."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    interruptions = sa.Column("interruptions", sa.SmallInteger(), server_default="0", nullable=False)
    op.add_column("webhook_deliveries", interruptions, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("webhook_deliveries", "interruptions", if_exists=True)
