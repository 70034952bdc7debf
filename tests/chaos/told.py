"""The verdict on what people and programs are told: what PostgreSQL holds, beside what a mail server and a receiver got."""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from standardwebhooks import Webhook

from domain.kernel.ids import Kind, shown
from tests.receivers import Got

# Those who died held what they were about to send for a while: it is over now, as it would be minutes later.
LAPSED = (
    "UPDATE notifications SET next_try_at = now() WHERE state = 'sending'",
    "UPDATE webhook_deliveries SET lease_until = now() WHERE state = 'sending'",
)
LEFT_ALONE = 10.0
"""Seconds in which whoever has something is left to it: what lapses counts as a death of theirs, and ten are too many."""
DUE = "UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'due'"
# Each counts what is still to be said; once nothing more comes, what was lost.
UNTOLD: Mapping[str, str] = {
    "messages that wait": "SELECT count(*) FROM notifications WHERE next_try_at <= now()",
    "deliveries that wait": "SELECT count(*) FROM webhook_deliveries WHERE state IN ('due', 'sending')",
    "confirmed bookings that nobody is told of": """
        SELECT count(*) FROM bookings AS b
         WHERE b.status = 'confirmed' AND b.created_at > %(since)s
           AND NOT EXISTS (SELECT FROM notifications AS n WHERE n.booking_id = b.id AND n.kind = 'confirmed')
    """,
    "confirmations that no endpoint is told of": """
        SELECT count(*) FROM events
         WHERE kind = 'booking.confirmed' AND created_at > %(since)s
           AND business_id IN (SELECT business_id FROM webhook_endpoints)
           AND NOT EXISTS (SELECT FROM webhook_deliveries AS d WHERE d.event_id = events.public_id)
    """,
}
GIVEN_UP: Mapping[str, str] = {
    "messages that were given up": "SELECT count(*) FROM notifications WHERE state = 'failed'",
    "deliveries that are dead": "SELECT count(*) FROM webhook_deliveries WHERE state = 'dead'",
}
WHY = "SELECT kind, attempts, deaths, unsure, last_error FROM notifications WHERE state = 'failed'"
SENT = "SELECT id FROM notifications WHERE state = 'sent'"
DELIVERED = "SELECT event_id FROM webhook_deliveries WHERE state = 'delivered'"


def told(url: str, since: datetime, patience: float) -> float:
    """Let what the dead held be over, and wait until all that can be said is said; return the seconds that took."""
    begun = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        # What falls due after the last look is no more lost than what falls due tomorrow.
        lapsing = begun
        while (left := untold(connection, since)) and time.monotonic() - begun < patience:
            connection.execute(DUE)
            if time.monotonic() >= lapsing:
                lapsing += LEFT_ALONE
                _lapse(connection)
            time.sleep(1)
    took = time.monotonic() - begun
    assert left == {}, f"after {took:.0f} s"
    return took


def _lapse(connection: psycopg.Connection) -> None:
    for statement in LAPSED:
        connection.execute(statement)


def untold(connection: psycopg.Connection, since: datetime) -> Mapping[str, int]:
    """Return what is still to be said of what happened after *since*, and how much."""
    return _counts(connection, UNTOLD, since=since)


def untrue(connection: psycopg.Connection, message_ids: Collection[str], events: Collection[str]) -> Mapping[str, int]:
    """Return what was given up, or is down as told and never came, and how often; nothing when all is well."""
    mails = {each.strip("<>").partition("@")[0] for each in message_ids}
    absent = {
        "messages that never came": _absent(connection, SENT, Kind.NOTIFICATION, mails),
        "events that never came": _absent(connection, DELIVERED, Kind.EVENT, events),
    }
    return {**_counts(connection, GIVEN_UP), **{what: count for what, count in absent.items() if count}}


def why(connection: psycopg.Connection) -> Sequence[tuple[object, ...]]:
    """Return what is known of messages that were given up."""
    return connection.execute(WHY).fetchall()


def is_signed(got: Got, secret: str) -> bool:
    """Tell whether a webhook is signed with *secret* as Standard Webhooks asks for, however long ago it came."""
    at = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    genuine = Webhook(secret).sign(event_id(got), at, got.body.decode())
    return genuine in got.headers["webhook-signature"].split()


def event_id(got: Got) -> str:
    """Return which event a webhook is about."""
    return got.headers["webhook-id"]


def _counts(connection: psycopg.Connection, queries: Mapping[str, str], **named: object) -> Mapping[str, int]:
    counts = {what: connection.execute(query, named).fetchone() for what, query in queries.items()}
    return {what: int(row[0]) for what, row in counts.items() if row and row[0]}


def _absent(connection: psycopg.Connection, query: str, kind: Kind, came: Collection[str]) -> int:
    rows: Sequence[tuple[UUID]] = connection.execute(query).fetchall()
    return len({shown(kind, each) for (each,) in rows} - {*came})
