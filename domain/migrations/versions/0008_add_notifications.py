"""Add messages, what businesses choose about them, and the tail that plans them, which begins at the present."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Nobody is told of what happened before there were messages. What is being written just now, is told.
BEGIN = """
    INSERT INTO tails (name, xid, event_id)
    SELECT 'notifications',
           CASE WHEN EXISTS (SELECT FROM events WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
                THEN '0'::xid8 ELSE pg_snapshot_xmin(pg_current_snapshot()) END,
           coalesce((SELECT max(id) FROM events), 0)
"""
NOTHING_LOST = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM notifications WHERE state IN ('due', 'sending')) THEN
    RAISE EXCEPTION 'There are messages to be sent, which the schema before this cannot keep.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "message_settings",
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("staff_notices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("staff_addresses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tells_who_serves", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_message_settings_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("business_id", name=op.f("pk_message_settings")),
    )
    op.create_table(
        "message_templates",
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_message_templates_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("business_id", "kind", "language", name=op.f("pk_message_templates")),
    )
    op.create_table(
        "reminder_optouts",
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_reminder_optouts_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("business_id", "address", name=op.f("pk_reminder_optouts")),
    )
    op.create_table(
        "reminder_plans",
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_reminder_plans_business_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("business_id", name=op.f("pk_reminder_plans")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=True),
        sa.Column("booking_id", sa.UUID(), nullable=True),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.UUID(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("again_of", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'sending') = (leased_by IS NOT NULL)", name=op.f("ck_notifications_lease")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_notifications_sent")),
        sa.CheckConstraint("(state = 'skipped') = (skip_reason IS NOT NULL)", name=op.f("ck_notifications_skipped")),
        sa.CheckConstraint(
            "(state IN ('due', 'sending')) = (next_try_at IS NOT NULL)", name=op.f("ck_notifications_next_try")
        ),
        sa.CheckConstraint("audience IN ('customer', 'staff', 'user')", name=op.f("ck_notifications_audience")),
        sa.CheckConstraint("audience = 'user' OR booking_id IS NOT NULL", name=op.f("ck_notifications_booking")),
        sa.CheckConstraint("booking_id IS NULL OR business_id IS NOT NULL", name=op.f("ck_notifications_business")),
        sa.CheckConstraint("channel IN ('email')", name=op.f("ck_notifications_channel")),
        sa.CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'failed', 'skipped')", name=op.f("ck_notifications_state")
        ),
        sa.ForeignKeyConstraint(["again_of"], ["notifications.id"], name=op.f("fk_notifications_again_of")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_notifications_booking_id")),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_notifications_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notifications_dedupe_key")),
    )
    op.create_index("ix_notifications_booking_id", "notifications", ["booking_id", "id"], unique=False)
    op.create_index(
        "ix_notifications_sent_at",
        "notifications",
        [sa.literal_column("lower(address)"), "sent_at"],
        unique=False,
        postgresql_where="sent_at IS NOT NULL",
    )
    op.create_index(
        "ix_notifications_again_of",
        "notifications",
        ["again_of"],
        unique=False,
        postgresql_where="again_of IS NOT NULL",
    )
    op.create_index(
        "ix_notifications_due_at", "notifications", ["due_at"], unique=False, postgresql_where="next_try_at IS NULL"
    )
    op.create_index("ix_notifications_business_id", "notifications", ["business_id", "id"], unique=False)
    op.create_index(
        "ix_notifications_next_try_at",
        "notifications",
        ["next_try_at"],
        unique=False,
        postgresql_where="next_try_at IS NOT NULL",
    )
    op.execute(BEGIN)


def downgrade() -> None:
    op.execute(NOTHING_LOST)
    op.execute("DELETE FROM tails WHERE name = 'notifications'")
    op.drop_index(
        "ix_notifications_next_try_at", table_name="notifications", postgresql_where="next_try_at IS NOT NULL"
    )
    op.drop_index("ix_notifications_business_id", table_name="notifications")
    op.drop_index("ix_notifications_sent_at", table_name="notifications", postgresql_where="sent_at IS NOT NULL")
    op.drop_index("ix_notifications_again_of", table_name="notifications", postgresql_where="again_of IS NOT NULL")
    op.drop_index("ix_notifications_due_at", table_name="notifications", postgresql_where="next_try_at IS NULL")
    op.drop_index("ix_notifications_booking_id", table_name="notifications")
    op.drop_table("notifications")
    op.drop_table("reminder_plans")
    op.drop_table("reminder_optouts")
    op.drop_table("message_templates")
    op.drop_table("message_settings")
