"""Where alembic meets the tables: every room's rows, on the database that DATABASE_URL names."""

import os
from importlib import import_module

from alembic import context
from sqlalchemy import create_engine, pool
from sqlalchemy.dialects.postgresql.base import ischema_names

from domain.kernel.events import Xid8
from domain.kernel.tables import Base

# So that comparing the database with the tables says nothing of a type that SQLAlchemy does not have.
ischema_names["xid8"] = Xid8

ROOMS = (
    "kernel.events",
    "kernel.tails",
    "kernel.idempotency",
    "kernel.heartbeats",
    "kernel.audit",
    "kernel.stock",
    "kernel.lineage",
    "accounts.tables",
    "catalog.tables",
    "availability.tables",
    "bookings.tables",
    "payments.tables",
    "notifications.tables",
    "webhooks.tables",
)
for room in ROOMS:
    import_module(f"domain.{room}")

if not os.environ.get("DATABASE_URL"):
    raise SystemExit("alembic needs DATABASE_URL, the database to be migrated.")
_, separator, rest = os.environ["DATABASE_URL"].partition("://")
engine = create_engine(f"postgresql+psycopg{separator}{rest}", poolclass=pool.NullPool)

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        # One migration at a time, however many processes start together.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('aionbooking.migrations'))")
        context.run_migrations()
