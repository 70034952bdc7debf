"""Count the days on which an endpoint failed: two failures with silence between are not days of failure."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "webhook_endpoints", sa.Column("failing_days", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("webhook_endpoints", sa.Column("failing_day_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE webhook_endpoints SET failing_days = 1, failing_day_at = failing_since WHERE failing_since IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("webhook_endpoints", "failing_day_at")
    op.drop_column("webhook_endpoints", "failing_days")
