"""Writing the moves of locked bookings, with their lines of history."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.bookings.rules import ENDS, Status
from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.kernel.actors import Actor
from domain.kernel.ids import id_at

# Who has come to an end goes nowhere else any more.
MOVE = text("""
    WITH change AS (
        SELECT *
          FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS c (
               booking_id uuid, from_status text, to_status text, hold_expires_at timestamptz, resources jsonb,
               rejection_code text, rejection_reasons jsonb, cancellation_fee_amount bigint, reason text, note text,
               actor_id uuid, through text, through_id uuid, entry_id uuid)),
    moved AS (
        UPDATE bookings AS b
           SET status = c.to_status,
               hold_expires_at = c.hold_expires_at,
               resource_id = coalesce(CAST(c.resources -> 0 ->> 'resource_id' AS uuid), b.resource_id),
               resources = coalesce(c.resources, b.resources),
               rejection_code = c.rejection_code,
               rejection_reasons = c.rejection_reasons,
               cancellation_fee_amount = c.cancellation_fee_amount,
               version = b.version + 1,
               updated_at = :now
          FROM change AS c
         WHERE b.id = c.booking_id AND b.status = c.from_status
     RETURNING b.id, b.version, b.business_id, c.*),
    withdrawn AS (
        UPDATE reschedules AS r
           SET status = 'withdrawn', decided_at = :now
          FROM moved AS m
         WHERE r.booking_id = m.id AND r.status = 'pending' AND m.to_status = ANY (CAST(:ends AS text[])))
    INSERT INTO booking_history (booking_id, version, from_status, to_status, reason, note, at,
                                 actor_id, through, through_id, entry_id, business_id, request_id)
    SELECT id, version, from_status, to_status, reason, note, :now,
           actor_id, through, through_id, entry_id, CASE WHEN through IS NOT NULL THEN business_id END,
           CASE WHEN through IS NOT NULL THEN :request_id END
      FROM moved
    RETURNING booking_id, version
""")


BEGIN = text("""
    INSERT INTO booking_history (booking_id, version, to_status, at,
                                 actor_id, through, through_id, entry_id, business_id, request_id)
    VALUES (:booking_id, 1, :status, :now, :actor_id, :through, :through_id, :entry_id, :business_id, :request_id)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One move of one locked booking, with what the booking holds afterwards."""

    booking_id: UUID
    from_status: str
    to_status: Status
    hold_expires_at: datetime | None = None
    resources: Sequence[Mapping[str, str]] | None = None
    rejection_code: str | None = None
    rejection_reasons: tuple[str, ...] = ()
    cancellation_fee_amount: int | None = None
    by: Actor | None = None
    reason: str | None = None
    note: str | None = None


def begin_history(session: Session, booking: Booking, *, by: Actor, now: datetime) -> None:
    """Write the first line of a new booking's history."""
    about = {"booking_id": booking.id, "status": booking.status, "business_id": booking.business_id}
    asked = {"request_id": session.info.get("request_id"), "now": now}
    session.execute(BEGIN, about | asked | entry(by, now))


def move(session: Session, changes: Sequence[Change], *, now: datetime) -> Mapping[UUID, int]:
    """Make every move in one guarded statement, with its line of history; return each booking's new version.

    The caller has locked the bookings and read their statuses under the lock, so a guard that fails is a bug.
    """
    locks.require(session, "bookings")
    rows = session.execute(
        MOVE,
        {
            "changes": json.dumps([_row(each, now) for each in changes], default=str),
            "ends": [*ENDS],
            "request_id": session.info.get("request_id"),
            "now": now,
        },
    )
    versions: dict[UUID, int] = {row.booking_id: row.version for row in rows}
    if len(versions) != len(changes):
        raise RuntimeError("a locked booking changed its status under the lock")
    return versions


def entry(by: Actor | None, now: datetime) -> dict[str, Any]:
    """Return what makes a line of history one of the audit log, too: all None for what the system does by itself."""
    if by is None:
        return dict.fromkeys(("actor_id", "through", "through_id", "entry_id"))
    return {
        "actor_id": by.user_id,
        "through": by.through.value,
        "through_id": by.through_id,
        "entry_id": id_at(now),
    }


def _row(change: Change, now: datetime) -> dict[str, Any]:
    own = {name: getattr(change, name) for name in Change.__slots__ if name != "by"}
    return own | entry(change.by, now)
