"""Add the audit log, and to bookings' histories what makes a line of them an entry of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GUARDS = """
-- Entries are added. They are deleted once they are old, by whoever says that that is what they are at.
CREATE FUNCTION audit_entries_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('aionbooking.purging', true) = 'audit_entries' THEN
    -- A day less than the least that may be set: the clock that wrote it need not be this one.
    IF OLD.created_at < now() - interval '29 days' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is never changed' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_entries_refuse_change BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse_change();
CREATE TRIGGER audit_entries_refuse_truncate BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse_change();
"""
NOTHING_LOST = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM audit_entries) OR EXISTS (SELECT FROM booking_history WHERE entry_id IS NOT NULL) THEN
    RAISE EXCEPTION 'There are entries of the audit log, which the schema before this cannot keep.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END
$$
"""
OF_LINES: dict[str, type[TypeEngine[Any]]] = {
    "entry_id": sa.UUID,
    "business_id": sa.UUID,
    "through": sa.Text,
    "through_id": sa.UUID,
    "request_id": sa.Text,
}


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("through", sa.Text(), nullable=False),
        sa.Column("through_id", sa.UUID(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("business_id IS NULL OR account_id IS NULL", name=op.f("ck_audit_entries_scope")),
        sa.CheckConstraint(
            "through IN ('session', 'api_key', 'manage_link', 'mailed_link', 'command', 'system')",
            name=op.f("ck_audit_entries_through"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    for scope in ("business_id", "account_id"):
        op.create_index(
            f"ix_audit_entries_{scope}", "audit_entries", [scope, "id"], postgresql_where=f"{scope} IS NOT NULL"
        )
    op.create_index("ix_audit_entries_subject_id", "audit_entries", ["subject_id", "id"])
    op.create_index(
        "ix_audit_entries_installation",
        "audit_entries",
        ["id"],
        postgresql_where="through = 'command' OR (business_id IS NULL AND account_id IS NULL)",
    )
    op.execute(GUARDS)
    for name, kind in OF_LINES.items():
        op.add_column("booking_history", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    op.execute(NOTHING_LOST)
    for name in OF_LINES:
        op.drop_column("booking_history", name)
    op.drop_table("audit_entries")
    op.execute("DROP FUNCTION audit_entries_refuse_change()")
