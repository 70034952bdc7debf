"""Compare addresses by the case of A to Z alone, whatever the database speaks: see domain/kernel/addresses.py."""

from alembic import op
from sqlalchemy import ColumnElement, literal_column, text

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BEFORE, AFTER = "lower({})", 'lower({} COLLATE "C")'


def upgrade() -> None:
    _index(AFTER)


def downgrade() -> None:
    _index(BEFORE)


def _index(spelling: str) -> None:
    for name in ("uq_users_email", "ix_account_tokens_email", "ix_notifications_sent_at"):
        op.drop_index(name, if_exists=True)
    email: ColumnElement[str] = literal_column(spelling.format("email"))
    address: ColumnElement[str] = literal_column(spelling.format("address"))
    op.create_index("uq_users_email", "users", [email], unique=True)
    op.create_index("ix_account_tokens_email", "account_tokens", [email, "purpose", "created_at"])
    sent = text("sent_at IS NOT NULL")
    op.create_index("ix_notifications_sent_at", "notifications", [address, "sent_at"], postgresql_where=sent)
