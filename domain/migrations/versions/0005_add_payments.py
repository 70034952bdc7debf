"""Add payments: what is asked for, what came, what goes back, what providers were heard to say, and the ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUARDS = """
-- A ledger is added to, and nothing else.
CREATE FUNCTION ledger_entries_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is never changed' USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;
CREATE TRIGGER ledger_entries_refuse_change BEFORE UPDATE OR DELETE ON ledger_entries
  FOR EACH ROW EXECUTE FUNCTION ledger_entries_refuse_change();
CREATE TRIGGER ledger_entries_refuse_truncate BEFORE TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_refuse_change();

-- No more is promised back than has come. What somebody gave back past the application is a fact, and not a promise.
CREATE FUNCTION refunds_refuse_excess() RETURNS trigger
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  received bigint;
  reserved bigint;
BEGIN
  SELECT received_amount INTO received FROM payments WHERE id = NEW.payment_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(amount), 0) INTO reserved FROM refunds
   WHERE payment_id = NEW.payment_id AND state <> 'failed' AND reason <> 'external';
  IF reserved > received THEN
    RAISE EXCEPTION 'refunds of % in all are more than the % that came by payment %', reserved, received, NEW.payment_id
      USING ERRCODE = 'check_violation', TABLE = 'refunds', CONSTRAINT = 'ck_refunds_excess';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER refunds_refuse_excess AFTER INSERT OR UPDATE OF amount, state, payment_id, reason ON refunds
  FOR EACH ROW EXECUTE FUNCTION refunds_refuse_excess();
"""
NOTHING_LOST = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM payments) OR EXISTS (SELECT FROM provider_events) THEN
    RAISE EXCEPTION 'There are payments, which the schema before this cannot keep.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "provider_accounts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("secret_key", sa.LargeBinary(), nullable=True),
        sa.Column("webhook_secrets", sa.LargeBinary(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("provider IN ('stripe', 'paystack')", name=op.f("ck_provider_accounts_provider")),
        sa.CheckConstraint("(business_id IS NULL) = (secret_key IS NULL)", name=op.f("ck_provider_accounts_keys")),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_provider_accounts_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_accounts")),
        sa.UniqueConstraint("token", name=op.f("uq_provider_accounts_token")),
    )
    op.create_index(
        "uq_provider_accounts_business",
        "provider_accounts",
        ["business_id", "provider"],
        unique=True,
        postgresql_where="archived_at IS NULL",
    )
    op.create_index(
        "uq_provider_accounts_platform",
        "provider_accounts",
        ["provider", "is_live"],
        unique=True,
        postgresql_where="business_id IS NULL",
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("booking_id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key_no", sa.Integer(), server_default="1", nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("handover", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("return_url", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.UUID(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("received_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fee_amount", sa.BigInteger(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_message", sa.Text(), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(provider = 'offline') = (account_id IS NULL)", name=op.f("ck_payments_account")),
        sa.CheckConstraint("(provider = 'offline') = (method IS NOT NULL)", name=op.f("ck_payments_method")),
        sa.CheckConstraint(
            "(settled_at IS NOT NULL) = (state IN ('succeeded', 'review'))", name=op.f("ck_payments_settled")
        ),
        sa.CheckConstraint("provider IN ('stripe', 'paystack', 'offline')", name=op.f("ck_payments_provider")),
        sa.CheckConstraint("purpose IN ('price', 'deposit', 'balance')", name=op.f("ck_payments_purpose")),
        sa.CheckConstraint("received_amount >= 0", name=op.f("ck_payments_received")),
        sa.CheckConstraint(
            "state IN ('creating', 'open', 'processing', 'succeeded', 'canceled', 'failed', 'review')",
            name=op.f("ck_payments_state"),
        ),
        sa.CheckConstraint("amount >= 1", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["provider_accounts.id"], name=op.f("fk_payments_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_payments_asked_by")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_payments_booking_id")),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_payments_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("account_id", "provider_ref", name=op.f("uq_payments_account_id_provider_ref")),
    )
    op.create_index("ix_payments_booking_id", "payments", ["booking_id"], unique=False)
    op.create_index("ix_payments_business_id", "payments", ["business_id", "id"], unique=False)
    op.create_index(
        "ix_payments_review", "payments", ["business_id"], unique=False, postgresql_where="state = 'review'"
    )
    op.create_index(
        "ix_payments_next_look_at",
        "payments",
        ["next_look_at"],
        unique=False,
        postgresql_where="next_look_at IS NOT NULL",
    )
    op.create_index(
        "uq_payments_open",
        "payments",
        ["booking_id", "provider"],
        unique=True,
        postgresql_where="state IN ('creating', 'open', 'processing') AND cancel_requested_at IS NULL",
    )
    op.create_table(
        "disputes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("booking_id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('inquiry', 'open', 'won', 'lost')", name=op.f("ck_disputes_state")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_disputes_amount")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_disputes_booking_id")),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_disputes_business_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_disputes_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("payment_id", "provider_ref", name=op.f("uq_disputes_payment_id_provider_ref")),
    )
    op.create_index("ix_disputes_booking_id", "disputes", ["booking_id"], unique=False)
    op.create_index("ix_disputes_business_id", "disputes", ["business_id", "id"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("booking_id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('charge', 'fee', 'refund', 'refund_failed', 'dispute', 'dispute_reinstated')",
            name=op.f("ck_ledger_entries_kind"),
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_ledger_entries_booking_id")),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_ledger_entries_business_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_ledger_entries_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("payment_id", "kind", "source", name=op.f("uq_ledger_entries_payment_id_kind_source")),
    )
    op.create_index("ix_ledger_entries_business_id", "ledger_entries", ["business_id", "id"], unique=False)
    op.create_table(
        "provider_events",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payment_ref", sa.Text(), nullable=True),
        sa.Column("payment_id", sa.UUID(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("copies", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('new', 'applied', 'ignored')", name=op.f("ck_provider_events_state")),
        sa.ForeignKeyConstraint(["account_id"], ["provider_accounts.id"], name=op.f("fk_provider_events_account_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_provider_events_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_events")),
        sa.UniqueConstraint("account_id", "dedupe_key", name=op.f("uq_provider_events_account_id_dedupe_key")),
    )
    op.create_index("ix_provider_events_payment_id", "provider_events", ["payment_id"], unique=False)
    op.create_index(
        "ix_provider_events_received_at",
        "provider_events",
        ["received_at"],
        unique=False,
        postgresql_where="body IS NOT NULL",
    )
    op.create_index(
        "ix_provider_events_new",
        "provider_events",
        ["account_id", "payment_ref"],
        unique=False,
        postgresql_where="state = 'new'",
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("booking_id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key_no", sa.Integer(), server_default="1", nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_message", sa.Text(), nullable=True),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sending_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('requested', 'cancelled', 'late', 'duplicate', 'surplus', 'review', 'external')",
            name=op.f("ck_refunds_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sent', 'attention', 'succeeded', 'failed')", name=op.f("ck_refunds_state")
        ),
        sa.CheckConstraint("amount >= 1", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_refunds_asked_by")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_refunds_booking_id")),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_refunds_business_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("payment_id", "provider_ref", name=op.f("uq_refunds_payment_id_provider_ref")),
    )
    op.create_index("ix_refunds_booking_id", "refunds", ["booking_id"], unique=False)
    op.create_index("ix_refunds_business_id", "refunds", ["business_id", "id"], unique=False)
    op.create_index(
        "ix_refunds_attention", "refunds", ["business_id"], unique=False, postgresql_where="state = 'attention'"
    )
    op.create_index(
        "ix_refunds_next_look_at",
        "refunds",
        ["next_look_at"],
        unique=False,
        postgresql_where="next_look_at IS NOT NULL",
    )
    op.add_column("bookings", sa.Column("paid_amount", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("bookings", sa.Column("refunded_amount", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(GUARDS)


def downgrade() -> None:
    op.execute(NOTHING_LOST)
    op.drop_column("bookings", "refunded_amount")
    op.drop_column("bookings", "paid_amount")
    op.drop_index("ix_refunds_attention", table_name="refunds", postgresql_where="state = 'attention'")
    op.drop_index("ix_refunds_next_look_at", table_name="refunds", postgresql_where="next_look_at IS NOT NULL")
    op.drop_index("ix_refunds_business_id", table_name="refunds")
    op.drop_index("ix_refunds_booking_id", table_name="refunds")
    op.drop_table("refunds")
    op.drop_index("ix_provider_events_new", table_name="provider_events", postgresql_where="state = 'new'")
    op.drop_index("ix_provider_events_received_at", table_name="provider_events", postgresql_where="body IS NOT NULL")
    op.drop_index("ix_provider_events_payment_id", table_name="provider_events")
    op.drop_table("provider_events")
    op.drop_index("ix_ledger_entries_business_id", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_index("ix_disputes_business_id", table_name="disputes")
    op.drop_index("ix_disputes_booking_id", table_name="disputes")
    op.drop_table("disputes")
    op.drop_index(
        "uq_payments_open",
        table_name="payments",
        postgresql_where="state IN ('creating', 'open', 'processing') AND cancel_requested_at IS NULL",
    )
    op.drop_index("ix_payments_review", table_name="payments", postgresql_where="state = 'review'")
    op.drop_index("ix_payments_next_look_at", table_name="payments", postgresql_where="next_look_at IS NOT NULL")
    op.drop_index("ix_payments_business_id", table_name="payments")
    op.drop_index("ix_payments_booking_id", table_name="payments")
    op.drop_table("payments")
    op.drop_index(
        "uq_provider_accounts_platform", table_name="provider_accounts", postgresql_where="business_id IS NULL"
    )
    op.drop_index(
        "uq_provider_accounts_business", table_name="provider_accounts", postgresql_where="archived_at IS NULL"
    )
    op.drop_table("provider_accounts")
    for function in ("refunds_refuse_excess", "ledger_entries_refuse_change"):
        op.execute(f"DROP FUNCTION {function}()")
