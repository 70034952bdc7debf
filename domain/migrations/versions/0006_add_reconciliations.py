"""Add runs that compare providers' lists of payments with ours, and what the checks of money last found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_reconciliations",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_provider_reconciliations_state")),
        sa.CheckConstraint("since < until", name=op.f("ck_provider_reconciliations_times")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_provider_reconciliations_asked_by")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_provider_reconciliations_business_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_reconciliations")),
    )
    op.create_index(
        "ix_provider_reconciliations_business_id", "provider_reconciliations", ["business_id", "id"], unique=False
    )
    op.create_index(
        "uq_provider_reconciliations_running",
        "provider_reconciliations",
        ["business_id"],
        unique=True,
        postgresql_where="state = 'running'",
    )
    op.create_table(
        "money_checks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_money_checks")),
    )


def downgrade() -> None:
    op.drop_table("money_checks")
    op.drop_index(
        "uq_provider_reconciliations_running", "provider_reconciliations", postgresql_where="state = 'running'"
    )
    op.drop_index("ix_provider_reconciliations_business_id", table_name="provider_reconciliations")
    op.drop_table("provider_reconciliations")
