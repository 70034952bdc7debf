"""Let an endpoint be disabled because somebody has asked for it."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _reasons("'gone', 'failing', 'asked'")


def downgrade() -> None:
    # It stays disabled, with the reason of before that leaves most to whoever enables it.
    op.execute("UPDATE webhook_endpoints SET disabled_reason = 'failing' WHERE disabled_reason = 'asked'")
    _reasons("'gone', 'failing'")


def _reasons(known: str) -> None:
    op.execute("ALTER TABLE webhook_endpoints DROP CONSTRAINT IF EXISTS ck_webhook_endpoints_reasons")
    op.execute(
        "ALTER TABLE webhook_endpoints ADD CONSTRAINT ck_webhook_endpoints_reasons "
        f"CHECK (disabled_reason IN ({known}))"
    )
