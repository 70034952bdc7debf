"""Tell apart the messages that somebody has caused by a booking's manage link: those are not on the business's account."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    by_link: sa.Column[bool] = sa.Column("is_by_link", sa.Boolean(), server_default="false", nullable=False)
    op.add_column("notifications", by_link, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("notifications", "is_by_link", if_exists=True)
