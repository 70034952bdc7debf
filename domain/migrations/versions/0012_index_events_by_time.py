"""Index a business's events by time: what happened from one moment to another is sent again without reading all."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_events_business_id_created_at", "events", ["business_id", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_events_business_id_created_at", table_name="events")
