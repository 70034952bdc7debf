"""Tell apart messages that somebody has caused by a booking's manage link, and members who were never asked."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    by_link: sa.Column[bool] = sa.Column("is_by_link", sa.Boolean(), server_default="false", nullable=False)
    op.add_column("notifications", by_link, if_not_exists=True)
    # Of those who are there nobody knows who was asked: they stay what they were.
    agreed: sa.Column[bool] = sa.Column("has_agreed", sa.Boolean(), server_default="true", nullable=False)
    op.add_column("members", agreed, if_not_exists=True)
    op.alter_column("members", "has_agreed", server_default="false")


def downgrade() -> None:
    op.drop_column("members", "has_agreed", if_exists=True)
    op.drop_column("notifications", "is_by_link", if_exists=True)
