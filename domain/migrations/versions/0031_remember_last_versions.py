"""Remember at which version things were removed, and raise versions that events have been above."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# What was removed before, as far as events tell: of a schedule they do not say whose it was, so any resource's may be it.
REMOVED = """
    INSERT INTO last_versions (business_id, what, version)
    SELECT business_id, 'member/' || subject_id, max(subject_version)
      FROM events WHERE kind = 'member.removed' GROUP BY 1, 2
    UNION ALL
    SELECT business_id, 'message_template/' || (payload ->> 'kind') || '/' || (payload ->> 'language'), max(subject_version)
      FROM events WHERE kind = 'message_template.removed' GROUP BY 1, 2
    UNION ALL
    SELECT business_id, 'schedule/' || resources.id, max(subject_version)
      FROM events JOIN resources USING (business_id) WHERE events.kind = 'schedule.removed' GROUP BY 1, 2
    ON CONFLICT DO NOTHING
"""
# What a business chose was told at versions of its own, but is about the business.
BUSINESSES = """
    UPDATE businesses SET version = told.version
      FROM (SELECT subject_id, max(subject_version) AS version FROM events
             WHERE subject_id = business_id GROUP BY 1) AS told
     WHERE told.subject_id = businesses.id AND told.version > businesses.version
"""
MEMBERS = """
    UPDATE members SET version = told.version
      FROM (SELECT business_id, subject_id, max(subject_version) AS version FROM events
             WHERE kind LIKE 'member.%' GROUP BY 1, 2) AS told
     WHERE told.business_id = members.business_id AND told.subject_id = members.user_id
       AND told.version > members.version
"""
TEMPLATES = """
    UPDATE message_templates AS own SET version = last.version + 1
      FROM last_versions AS last
     WHERE last.business_id = own.business_id AND last.what = 'message_template/' || own.kind || '/' || own.language
       AND last.version >= own.version
"""


def upgrade() -> None:
    op.create_table(
        "last_versions",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "what", name=op.f("pk_last_versions")),
        if_not_exists=True,
    )
    for statement in (REMOVED, BUSINESSES, MEMBERS, TEMPLATES):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("last_versions", if_exists=True)
