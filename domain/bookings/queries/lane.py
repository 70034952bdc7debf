"""The queue of a lane: what waits in it, the locks to decide it, and the word that goes out.

These run for every booking that is decided, so they are written out once and read into plain rows.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from domain.bookings.rules import DECIDED
from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.kernel.leases import SUSPECT
from domain.kernel.plot import ALLOCATE

ANNOUNCED = 200  # hexadecimal ids of 33 bytes each; a notification takes 8000

# Bookings and reschedules stand in one queue. A job that is missing keeps nobody from being decided.
QUEUE = text("""
    SELECT w.booking_id, w.service_id, w.accepted_at, coalesce(j.attempts, 0) AS attempts
      FROM (SELECT id AS booking_id, service_id, created_at AS accepted_at, accepted_no
              FROM bookings
             WHERE business_id = :business_id AND status = 'pending'
             UNION ALL
            SELECT r.booking_id, b.service_id, r.created_at, r.accepted_no
              FROM reschedules AS r
              JOIN bookings AS b ON b.id = r.booking_id
             WHERE r.business_id = :business_id AND r.status = 'pending') AS w
      LEFT JOIN jobs AS j ON j.ref_id = w.booking_id AND j.kind = :kind AND j.state <> 'done'
     WHERE coalesce(j.state, 'ready') <> 'dead'
       AND CASE WHEN CAST(:only AS uuid) IS NULL THEN coalesce(j.attempts, 0) <= :suspect ELSE w.booking_id = :only END
     ORDER BY w.accepted_no
     LIMIT :limit
""")

LOCKED = """
    SELECT id, accepted_no, business_id, service_id, wanted_resource_ids, resources, status, payment_status, starts_at,
           ends_at, buffer_before_minutes, buffer_after_minutes, party, overrides, hold_expires_at, request_id, created_at
      FROM bookings
     WHERE id = ANY (ARRAY({ids}))
     ORDER BY bookings.id
       FOR NO KEY UPDATE {mode}
"""
LANE = text(
    LOCKED.format(
        ids="SELECT unnest(CAST(:asked AS uuid[])) UNION "
        "SELECT id FROM bookings WHERE hold_expires_at <= :now AND business_id = :business_id",
        mode="",
    )
)
LAPSED = text(
    LOCKED.format(
        ids="SELECT id FROM bookings WHERE hold_expires_at <= :now ORDER BY hold_expires_at LIMIT :limit",
        mode="SKIP LOCKED",
    )
)

WISHES = text("""
    SELECT id, accepted_no, booking_id, wanted_resource_ids, starts_at, ends_at, overrides, request_id, created_at
      FROM reschedules
     WHERE booking_id = ANY (CAST(:booking_ids AS uuid[])) AND status = 'pending'
""")

OPEN = text("""
    SELECT status = 'pending' OR EXISTS (
           SELECT FROM reschedules AS r WHERE r.booking_id = b.id AND r.status = 'pending') AS is_open
      FROM bookings AS b
     WHERE id = :booking_id
""")
NOTIFY = text("SELECT pg_notify(:channel, :told)")


class Waiter(NamedTuple):
    """Who waits to be decided: a pending booking, or one with a pending reschedule. *attempts* so far, this one too."""

    booking_id: UUID
    service_id: UUID
    accepted_at: datetime
    attempts: int


class Locked(NamedTuple):
    """A booking as of its lock: what its decision depends on."""

    id: UUID
    accepted_no: int
    business_id: UUID
    service_id: UUID
    wanted_resource_ids: Sequence[UUID]
    resources: Sequence[Mapping[str, str]]
    status: str
    payment_status: str
    starts_at: datetime
    ends_at: datetime
    buffer_before_minutes: int
    buffer_after_minutes: int
    party: int
    overrides: list[str]
    hold_expires_at: datetime | None
    request_id: str | None
    created_at: datetime


class Elsewhere(NamedTuple):
    """Where a booking would be moved to, by a pending reschedule; good for as long as the booking is locked."""

    id: UUID
    accepted_no: int
    booking_id: UUID
    wanted_resource_ids: Sequence[UUID]
    starts_at: datetime
    ends_at: datetime
    overrides: list[str]
    request_id: str | None
    created_at: datetime


def queue(session: Session, business_id: UUID, *, only: UUID | None, limit: int) -> Sequence[Waiter]:
    """Return who waits in a lane, in order of acceptance; no locks.

    Those whose job is dead are left out: they have failed again and again and wait for an operator. So are those
    tried so often that they are suspect, unless asked for by *only*: they may be what stops the others.
    """
    asked = {"business_id": business_id, "kind": ALLOCATE, "only": only, "suspect": SUSPECT, "limit": limit}
    return [Waiter(*row) for row in session.execute(QUEUE, asked)]


def lane_for_update(session: Session, business_id: UUID, asked: Sequence[UUID], *, now: datetime) -> Sequence[Locked]:
    """Lock the bookings *asked* for, and every one of the business whose hold has run out, in one statement by id."""
    locks.enter(session, Booking.__tablename__)
    return _locked(session, LANE, {"asked": list(asked), "business_id": business_id, "now": now})


def lapsed_for_update(session: Session, *, now: datetime, limit: int) -> Sequence[Locked]:
    """Lock bookings of any business whose hold has run out by *now*; those that somebody else holds are left to them."""
    locks.enter(session, Booking.__tablename__)
    return _locked(session, LAPSED, {"now": now, "limit": limit})


def elsewhere(session: Session, booking_ids: Collection[UUID]) -> dict[UUID, Elsewhere]:
    """Return the pending reschedules of locked bookings, by booking."""
    locks.require(session, Booking.__tablename__)
    rows = session.execute(WISHES, {"booking_ids": list(booking_ids)})
    return {found.booking_id: found for found in (Elsewhere(*row) for row in rows)}


def booking_for_update(session: Session, booking_id: UUID) -> Booking:
    """Lock one booking, which must exist, and return it freshly read."""
    (found,) = locks.rows_for_update(session, Booking, Booking.id == booking_id)
    return found


def bookings_for_update(session: Session, booking_ids: Collection[UUID]) -> Sequence[Booking]:
    """Lock bookings in id order, in one statement, and return them freshly read."""
    return locks.rows_for_update(session, Booking, Booking.id.in_(booking_ids))


def is_open(session: Session, booking_id: UUID) -> bool:
    """Tell whether a booking, or its reschedule, waits to be decided."""
    row = session.execute(OPEN, {"booking_id": booking_id}).one_or_none()
    return row is not None and row.is_open


def announce(session: Session, booking_ids: Sequence[UUID]) -> None:
    """Wake those who wait for these bookings, once the transaction has committed."""
    for start in range(0, len(booking_ids), ANNOUNCED):
        told = ",".join(each.hex for each in booking_ids[start : start + ANNOUNCED])
        session.execute(NOTIFY, {"channel": DECIDED, "told": told})


def _locked(session: Session, statement: TextClause, asked: dict[str, Any]) -> Sequence[Locked]:
    return [Locked(*row) for row in session.execute(statement, asked)]
