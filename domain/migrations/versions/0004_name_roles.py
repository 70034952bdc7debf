"""Name the roles that a service needs filled at once, and keep a booking's resources, of which there may be several."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NOTHING_LOST = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM services WHERE jsonb_array_length(roles) > 1)
     OR EXISTS (SELECT FROM bookings
                 WHERE jsonb_array_length(resources) > 1 OR cardinality(wanted_resource_ids) > 1)
     OR EXISTS (SELECT FROM reschedules WHERE cardinality(wanted_resource_ids) > 1) THEN
    RAISE EXCEPTION 'There are services, bookings or reschedules of several resources, which the schema before this cannot keep.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
END
$$
"""


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("services", sa.Column("roles", json, server_default='["resource"]', nullable=False))
    op.alter_column("services", "roles", server_default=None)
    op.create_check_constraint(op.f("ck_services_roles"), "services", "jsonb_typeof(roles) = 'array' AND roles <> '[]'")
    op.add_column("service_resources", sa.Column("role", sa.Text(), server_default="resource", nullable=False))
    op.alter_column("service_resources", "role", server_default=None)
    op.add_column("bookings", sa.Column("resources", json, server_default="[]", nullable=False))
    op.execute("""
        UPDATE bookings
           SET resources = jsonb_build_array(jsonb_build_object('role', 'resource', 'resource_id', resource_id))
         WHERE resource_id IS NOT NULL
    """)
    op.create_check_constraint(
        op.f("ck_bookings_resources"),
        "bookings",
        "resource_id IS NOT DISTINCT FROM CAST(resources -> 0 ->> 'resource_id' AS uuid)",
    )
    for table in ("bookings", "reschedules"):
        ids: sa.Column[list[UUID]] = sa.Column(
            "wanted_resource_ids", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False
        )
        op.add_column(table, ids)
        wanted = f"UPDATE {table} SET wanted_resource_ids = ARRAY[wanted_resource_id]"  # noqa: S608 - a name of ours
        op.execute(f"{wanted} WHERE wanted_resource_id IS NOT NULL")
        op.drop_column(table, "wanted_resource_id")


def downgrade() -> None:
    op.execute(NOTHING_LOST)
    for table in ("reschedules", "bookings"):
        op.add_column(table, sa.Column("wanted_resource_id", sa.UUID(), nullable=True))
        op.execute(f"UPDATE {table} SET wanted_resource_id = wanted_resource_ids[1]")  # noqa: S608 - a name of ours
        op.create_foreign_key(
            op.f(f"fk_{table}_wanted_resource_id"), table, "resources", ["wanted_resource_id"], ["id"]
        )
        op.drop_column(table, "wanted_resource_ids")
    op.drop_constraint(op.f("ck_bookings_resources"), "bookings")
    op.drop_column("bookings", "resources")
    op.drop_column("service_resources", "role")
    op.drop_constraint(op.f("ck_services_roles"), "services")
    op.drop_column("services", "roles")
