"""Add the stock: counts that a worker takes every few minutes; and index open jobs by state and kind, to count them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "sort", name=op.f("pk_stock")),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():  # the table may be large, and jobs are to be done meanwhile
        op.create_index(
            "ix_jobs_open",
            "jobs",
            ["state", "kind", "run_at"],
            postgresql_where="state <> 'done'",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_jobs_open", table_name="jobs")
    op.drop_table("stock")
