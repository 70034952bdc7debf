"""Count apart how often a message may have come already."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unsure = sa.Column("unsure", sa.SmallInteger(), server_default="0", nullable=False)
    op.add_column("notifications", unsure, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("notifications", "unsure", if_exists=True)
