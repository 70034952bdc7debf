"""Add account tokens, verified addresses, manage links and calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NOTHING_LOST = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM account_tokens WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > now())
     OR EXISTS (SELECT FROM users WHERE email_verified_at IS NOT NULL)
     OR EXISTS (SELECT FROM calendar_feeds WHERE revoked_at IS NULL)
     OR EXISTS (SELECT FROM reschedules WHERE asked_by IS NULL)
     OR EXISTS (SELECT FROM payments WHERE asked_by IS NULL)
     OR EXISTS (SELECT FROM bookings WHERE manage_no > 1) THEN
    RAISE EXCEPTION 'There are links and verified addresses, which the schema before this cannot keep.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END
$$
"""


def upgrade() -> None:
    op.add_column("users", sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("manage_no", sa.Integer(), server_default="1", nullable=False))
    # Who has a booking's manage link need not be a user.
    op.alter_column("reschedules", "asked_by", nullable=True)
    op.alter_column("payments", "asked_by", nullable=True)
    _create_account_tokens()
    _create_calendar_feeds()


def _create_account_tokens() -> None:
    op.create_table(
        "account_tokens",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("business_id", sa.UUID(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("invited_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('verify_email', 'reset_password', 'invitation')", name=op.f("ck_account_tokens_purpose")
        ),
        sa.CheckConstraint("(purpose = 'verify_email') = (user_id IS NOT NULL)", name=op.f("ck_account_tokens_user")),
        sa.CheckConstraint(
            "(purpose = 'invitation') = (business_id IS NOT NULL)"
            " AND (business_id IS NULL) = (role IS NULL) AND (business_id IS NULL) = (invited_by IS NULL)",
            name=op.f("ck_account_tokens_invitation"),
        ),
        sa.CheckConstraint("role IN ('owner', 'admin', 'staff')", name=op.f("ck_account_tokens_role")),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_account_tokens_ends_once")),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_account_tokens_times")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_account_tokens_business_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.id"], name=op.f("fk_account_tokens_invited_by"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_tokens")),
    )
    op.create_index(
        "ix_account_tokens_email", "account_tokens", [sa.literal_column("lower(email)"), "purpose", "created_at"]
    )
    op.create_index(
        "ix_account_tokens_business_id",
        "account_tokens",
        ["business_id", "id"],
        postgresql_where="business_id IS NOT NULL",
    )
    op.create_index("ix_account_tokens_expires_at", "account_tokens", ["expires_at"])
    op.create_index(op.f("ix_account_tokens_invited_by"), "account_tokens", ["invited_by"])
    op.create_index(op.f("ix_account_tokens_user_id"), "account_tokens", ["user_id"])


def _create_calendar_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("business_id", sa.UUID(), nullable=True),
        sa.Column("resource_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("resource_id IS NULL OR business_id IS NOT NULL", name=op.f("ck_calendar_feeds_resource")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.id"], name=op.f("fk_calendar_feeds_business_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_calendar_feeds_resource_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index("ix_calendar_feeds_user_id", "calendar_feeds", ["user_id", "id"])


def downgrade() -> None:
    op.execute(NOTHING_LOST)
    op.drop_table("calendar_feeds")
    op.drop_table("account_tokens")
    op.alter_column("payments", "asked_by", nullable=False)
    op.alter_column("reschedules", "asked_by", nullable=False)
    op.drop_column("bookings", "manage_no")
    op.drop_column("users", "email_verified_at")
