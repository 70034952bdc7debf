"""Waiting for a feed: it tells nothing that is newer than somebody's open transaction, anywhere on the server."""

import time
from uuid import UUID

from sqlalchemy import text

from config.transaction import transaction

NEWEST = text("""
    SELECT max(xid)::text FROM events
     WHERE (business_id = :business_id OR CAST(:business_id AS uuid) IS NULL) AND xid <= pg_snapshot_xmax(pg_current_snapshot())
""")
OPEN = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) <= CAST(:xid AS xid8)")


def until_told(business_id: UUID | None = None) -> None:
    """Wait until whoever else is at work on this server has come to an end of what began before the newest event.

    Of a business; or of all that the database has, where no other test writes.
    """
    with transaction() as session:
        newest = session.scalar(NEWEST, {"business_id": business_id})
    while newest is not None and at_work(newest):
        time.sleep(0.01)


def at_work(xid: str) -> bool:
    """Tell whether a transaction is open that is as old as *xid*, in whatever database of the server."""
    with transaction() as session:
        return bool(session.scalar(OPEN, {"xid": xid}))
