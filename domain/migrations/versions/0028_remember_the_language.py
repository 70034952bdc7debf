"""Remember in which language somebody asked for a link to be mailed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_tokens", sa.Column("locale", sa.Text(), nullable=True), if_not_exists=True)


def downgrade() -> None:
    op.drop_column("account_tokens", "locale", if_exists=True)
