"""The verdict: what PostgreSQL holds after a fault, counted past the application."""

import time
from collections.abc import Collection, Mapping
from datetime import datetime

import psycopg

PENDING = "SELECT count(*) FROM bookings WHERE status = 'pending' AND created_at <= %s"

# Each counts what must not be.
WRONGS: Mapping[str, str] = {
    "places given twice": """
        SELECT count(*)
          FROM claims AS a
          JOIN claims AS b ON b.resource_id = a.resource_id AND b.footprint && a.footprint AND b.id > a.id
         WHERE a.released_at IS NULL AND b.released_at IS NULL AND (a.exclusive OR b.exclusive)
    """,
    "confirmed bookings without a place of their own": """
        SELECT count(*)
          FROM bookings AS b
         WHERE b.status = 'confirmed'
           AND (SELECT count(*) FROM claims AS c
                 WHERE c.booking_id = b.id AND c.resource_id = b.resource_id AND c.released_at IS NULL) <> 1
    """,
    "places kept by bookings that were refused": """
        SELECT count(*)
          FROM claims AS c JOIN bookings AS b ON b.id = c.booking_id
         WHERE b.status = 'rejected' AND c.released_at IS NULL
    """,
    "decisions made twice": """
        SELECT count(*)
          FROM (SELECT FROM booking_history WHERE from_status = 'pending' GROUP BY booking_id HAVING count(*) > 1) AS twice
    """,
    "dead jobs": "SELECT count(*) FROM jobs WHERE state = 'dead'",
    "jobs left open by a booking that is decided": """
        SELECT count(*)
          FROM jobs AS j JOIN bookings AS b ON b.id = j.ref_id
         WHERE j.kind = 'bookings.allocate' AND j.state = 'ready' AND b.status <> 'pending'
    """,
}


def wrongs(connection: psycopg.Connection) -> Mapping[str, int]:
    """Return what is wrong and how often; nothing when all is well."""
    counts = {what: connection.execute(query).fetchone() for what, query in WRONGS.items()}
    return {what: row[0] for what, row in counts.items() if row and row[0]}


def missing(connection: psycopg.Connection, keys: Collection[str]) -> int:
    """Return how many of the Idempotency-Keys that were answered 202 do not have exactly one booking."""
    query = """
        SELECT count(DISTINCT b.id) FROM idempotency_keys AS k JOIN bookings AS b ON b.id = k.object_id WHERE k.key = ANY(%s)
    """
    found = connection.execute(query, (list(keys),)).fetchone()
    assert found is not None
    return len(keys) - int(found[0])


def seconds_until_decided(url: str, accepted_until: datetime, patience: float) -> float:
    """Return how long from now until all bookings accepted before *accepted_until* are decided."""
    begun = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        while (left := _pending(connection, accepted_until)) and time.monotonic() - begun < patience:
            time.sleep(0.05)
        took = time.monotonic() - begun
    assert not left, f"{left} bookings are undecided after {took:.1f} s"
    return took


def _pending(connection: psycopg.Connection, accepted_until: datetime) -> int:
    row = connection.execute(PENDING, (accepted_until,)).fetchone()
    assert row is not None
    return int(row[0])
