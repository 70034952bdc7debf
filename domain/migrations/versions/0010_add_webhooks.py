"""Add webhooks: where they go, each that is sent, and each try."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The present end of the feed: nobody is told of last year.
TAIL = """
    INSERT INTO tails (name, xid, event_id)
    SELECT 'webhooks', coalesce(last.xid, '0'), coalesce(last.id, 0)
      FROM (SELECT) AS always
      LEFT JOIN (SELECT xid, id FROM events WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
                  ORDER BY xid DESC, id DESC LIMIT 1) AS last ON true
"""
NOTHING_LOST = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM webhook_endpoints) THEN
    RAISE EXCEPTION 'There are webhook endpoints, which the schema before this cannot keep.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'disabled') = (disabled_reason IS NOT NULL)", name=op.f("ck_webhook_endpoints_reason")
        ),
        sa.CheckConstraint("disabled_reason IN ('gone', 'failing')", name=op.f("ck_webhook_endpoints_reasons")),
        sa.CheckConstraint("state IN ('enabled', 'disabled', 'deleted')", name=op.f("ck_webhook_endpoints_state")),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)", name=op.f("ck_webhook_endpoints_previous")
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_webhook_endpoints_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index("ix_webhook_endpoints_business_id", "webhook_endpoints", ["business_id", "id"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("endpoint_id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="due", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'due') = (next_attempt_at IS NOT NULL)", name=op.f("ck_webhook_deliveries_due")),
        sa.CheckConstraint(
            "(state = 'sending') = (leased_by IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_webhook_deliveries_lease"),
        ),
        sa.CheckConstraint(
            "(state IN ('delivered', 'dead')) = (finished_at IS NOT NULL)", name=op.f("ck_webhook_deliveries_finished")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'sending', 'delivered', 'dead')", name=op.f("ck_webhook_deliveries_state")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"], name=op.f("fk_webhook_deliveries_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("endpoint_id", "event_id", name=op.f("uq_webhook_deliveries_endpoint_id_event_id")),
    )
    op.create_index("ix_webhook_deliveries_business_id", "webhook_deliveries", ["business_id", "id"], unique=False)
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["endpoint_id", "next_attempt_at", "id"],
        unique=False,
        postgresql_where="state = 'due'",
    )
    op.create_index("ix_webhook_deliveries_endpoint_id", "webhook_deliveries", ["endpoint_id", "id"], unique=False)
    op.create_index(
        "ix_webhook_deliveries_finished_at",
        "webhook_deliveries",
        ["finished_at"],
        unique=False,
        postgresql_where="state IN ('delivered', 'dead')",
    )
    op.create_index(
        "ix_webhook_deliveries_sending",
        "webhook_deliveries",
        ["endpoint_id"],
        unique=False,
        postgresql_where="state = 'sending'",
    )
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], name=op.f("fk_webhook_attempts_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_webhook_attempts")),
    )
    op.execute(TAIL)


def downgrade() -> None:
    op.execute(NOTHING_LOST)
    op.execute("DELETE FROM tails WHERE name = 'webhooks'")
    op.drop_table("webhook_attempts")
    op.drop_index(
        "ix_webhook_deliveries_sending", table_name="webhook_deliveries", postgresql_where="state = 'sending'"
    )
    op.drop_index(
        "ix_webhook_deliveries_finished_at",
        table_name="webhook_deliveries",
        postgresql_where="state IN ('delivered', 'dead')",
    )
    op.drop_index("ix_webhook_deliveries_endpoint_id", table_name="webhook_deliveries")
    op.drop_index("ix_webhook_deliveries_due", table_name="webhook_deliveries", postgresql_where="state = 'due'")
    op.drop_index("ix_webhook_deliveries_business_id", table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_index("ix_webhook_endpoints_business_id", table_name="webhook_endpoints")
    op.drop_table("webhook_endpoints")
