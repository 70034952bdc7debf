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
from domain.kernel import locks

# Who has come to an end goes nowhere else any more.
MOVE = text("""
    WITH change AS (
        SELECT *
          FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS c (
               booking_id uuid, from_status text, to_status text, hold_expires_at timestamptz, resources jsonb,
               rejection_code text, rejection_reasons jsonb, cancellation_fee_amount bigint, actor_id uuid, reason text,
               note text)),
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
     RETURNING b.id, b.version, c.from_status, c.to_status, c.actor_id, c.reason, c.note),
    withdrawn AS (
        UPDATE reschedules AS r
           SET status = 'withdrawn', decided_at = :now
          FROM moved AS m
         WHERE r.booking_id = m.id AND r.status = 'pending' AND m.to_status = ANY (CAST(:ends AS text[])))
    INSERT INTO booking_history (booking_id, version, from_status, to_status, actor_id, reason, note, at)
    SELECT id, version, from_status, to_status, actor_id, reason, note, :now FROM moved
    RETURNING booking_id, version
""")


BEGIN = text("""
    INSERT INTO booking_history (booking_id, version, to_status, actor_id, at)
    VALUES (:booking_id, 1, :status, :actor_id, :now)
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
    actor_id: UUID | None = None
    reason: str | None = None
    note: str | None = None


def begin_history(session: Session, booking_id: UUID, status: str, *, actor_id: UUID, now: datetime) -> None:
    """Write the first line of a new booking's history."""
    session.execute(BEGIN, {"booking_id": booking_id, "status": status, "actor_id": actor_id, "now": now})


def move(session: Session, changes: Sequence[Change], *, now: datetime) -> Mapping[UUID, int]:
    """Make every move in one guarded statement, with its line of history; return each booking's new version.

    The caller has locked the bookings and read their statuses under the lock, so a guard that fails is a bug.
    """
    locks.require(session, "bookings")
    rows = session.execute(
        MOVE,
        {
            "changes": json.dumps([_row(each) for each in changes], default=str),
            "ends": [*ENDS],
            "now": now,
        },
    )
    versions: dict[UUID, int] = {row.booking_id: row.version for row in rows}
    if len(versions) != len(changes):
        raise RuntimeError("a locked booking changed its status under the lock")
    return versions


def _row(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in Change.__slots__}
