"""Seal answers: those that tell a secret are kept under their Idempotency-Key encrypted."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    # What is left of them would be taken for answers without a body.
    op.execute("DELETE FROM idempotency_keys WHERE sealed IS NOT NULL")
    op.drop_column("idempotency_keys", "sealed")
