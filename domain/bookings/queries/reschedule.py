"""Writing reschedules: asked for, moved, refused; and looking at the last one of a booking."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from domain.bookings.queries.change import entry
from domain.bookings.tables import Reschedule
from domain.kernel import locks
from domain.kernel.actors import Actor

# What changes is told as [before, after]; the row as it was is joined a second time for that.
MOVED = text("""
    WITH change AS (
        SELECT *
          FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS c (
               reschedule_id uuid, booking_id uuid, from_status text, resources jsonb, hold_expires_at timestamptz)),
    done AS (
        UPDATE reschedules AS r
           SET status = 'moved', decided_at = :now
          FROM change AS c
         WHERE r.id = c.reschedule_id AND r.status = 'pending'
     RETURNING r.*),
    moved AS (
        UPDATE bookings AS b
           SET starts_at = r.starts_at,
               ends_at = r.ends_at,
               timezone = r.timezone,
               local_start = r.local_start,
               tzdata_version = r.tzdata_version,
               wanted_resource_ids = r.wanted_resource_ids,
               resource_id = CAST(c.resources -> 0 ->> 'resource_id' AS uuid),
               resources = c.resources,
               overrides = r.overrides,
               hold_expires_at = c.hold_expires_at,
               sequence = b.sequence + 1,
               version = b.version + 1,
               updated_at = :now
          FROM change AS c
          JOIN done AS r ON r.id = c.reschedule_id
          JOIN bookings AS o ON o.id = c.booking_id
         WHERE b.id = c.booking_id AND b.status = c.from_status
     RETURNING b.id, b.version, b.status, r.asked_by,
               jsonb_build_object(
                   'starts_at', jsonb_build_array(o.starts_at, b.starts_at),
                   'ends_at', jsonb_build_array(o.ends_at, b.ends_at),
                   'resource_id', jsonb_build_array(o.resource_id, b.resource_id),
                   'resources', jsonb_build_array(o.resources, b.resources),
                   'overrides', jsonb_build_array(o.overrides, b.overrides)) AS changes)
    INSERT INTO booking_history (booking_id, version, from_status, to_status, actor_id, reason, changes, at)
    SELECT id, version, status, status, asked_by, 'rescheduled', changes, :now FROM moved
    RETURNING booking_id, version
""")

# What happens to a reschedule happens to its booking: its version rises, and its history tells.
NOTED = text("""
    WITH noted AS (
        UPDATE bookings
           SET version = version + 1, updated_at = :now
         WHERE id = ANY (CAST(:booking_ids AS uuid[]))
     RETURNING id, version, status)
    INSERT INTO booking_history (booking_id, version, from_status, to_status, reason, at)
    SELECT id, version, status, status, :reason, :now FROM noted
    RETURNING booking_id, version
""")

ASKED = text("""
    WITH noted AS (
        UPDATE bookings
           SET version = version + 1, updated_at = :now
         WHERE id = :booking_id
     RETURNING id, version, status, business_id)
    INSERT INTO booking_history (booking_id, version, from_status, to_status, reason, at,
                                 actor_id, through, through_id, entry_id, business_id, request_id)
    SELECT id, version, status, status, 'reschedule_requested', :now,
           CAST(:actor_id AS uuid), :through, CAST(:through_id AS uuid), CAST(:entry_id AS uuid), business_id,
           :request_id
      FROM noted
    RETURNING version
""")

REFUSED = text("""
    UPDATE reschedules AS r
       SET status = 'refused', rejection_code = c.code, rejection_reasons = c.reasons, decided_at = :now
      FROM jsonb_to_recordset(CAST(:refusals AS jsonb)) AS c (reschedule_id uuid, code text, reasons jsonb)
     WHERE r.id = c.reschedule_id AND r.status = 'pending'
 RETURNING r.id
""")


LAST = (
    select(Reschedule)
    .where(Reschedule.booking_id == any_(bindparam("booking_ids", type_=ARRAY(Uuid))))
    .order_by(Reschedule.booking_id, Reschedule.accepted_no.desc())
    .ext(distinct_on(Reschedule.booking_id))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A reschedule that won its place, on these resources and until when (None: for good)."""

    reschedule_id: UUID
    booking_id: UUID
    from_status: str
    resources: Sequence[Mapping[str, str]]
    hold_expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A reschedule that did not, and why."""

    reschedule_id: UUID
    code: str
    reasons: Sequence[str]


def move_elsewhere(session: Session, moves: Sequence[Moved], *, now: datetime) -> Mapping[UUID, int]:
    """Move locked bookings to their new places, each with its line of history; return their new versions."""
    locks.require(session, "bookings")
    rows = session.execute(MOVED, {"moves": _rows(moves), "now": now})
    versions: dict[UUID, int] = {row.booking_id: row.version for row in rows}
    if len(versions) != len(moves):
        raise RuntimeError("a reschedule changed under its booking's lock")
    return versions


def note_asked(session: Session, booking_id: UUID, *, by: Actor, now: datetime) -> int:
    """Write the line of history that somebody has asked for a reschedule of a locked booking; return its new version."""
    locks.require(session, "bookings")
    asked = {"booking_id": booking_id, "request_id": session.info.get("request_id"), "now": now}
    version: int = session.execute(ASKED, asked | entry(by, now)).scalar_one()
    return version


def note(session: Session, booking_ids: Collection[UUID], reason: str, *, now: datetime) -> Mapping[UUID, int]:
    """Write a line of history on locked bookings that stay as they are; return their new versions."""
    locks.require(session, "bookings")
    asked = {"booking_ids": list(booking_ids), "reason": reason, "now": now}
    return {row.booking_id: row.version for row in session.execute(NOTED, asked)}


def refuse(session: Session, refusals: Sequence[Refused], *, now: datetime) -> None:
    """Write down which reschedules of locked bookings were refused, and why."""
    locks.require(session, "bookings")
    rows = session.execute(REFUSED, {"refusals": _rows(refusals), "now": now}).all()
    if len(rows) != len(refusals):
        raise RuntimeError("a reschedule changed under its booking's lock")


def withdraw(session: Session, booking_id: UUID, *, now: datetime) -> None:
    """Withdraw the pending reschedule of a locked booking."""
    locks.require(session, "bookings")
    session.execute(
        update(Reschedule)
        .where(Reschedule.booking_id == booking_id, Reschedule.status == "pending")
        .values(status="withdrawn", decided_at=now)
        .execution_options(synchronize_session=False)
    )


def last_reschedules(session: Session, booking_ids: Collection[UUID]) -> dict[UUID, Reschedule]:
    """Return the latest reschedule of each booking that has one."""
    return {row.booking_id: row for row in session.scalars(LAST, {"booking_ids": list(booking_ids)})}


def reschedule(session: Session, reschedule_id: UUID) -> Reschedule:
    """Return a reschedule, which must exist. Whether the caller may see it is for its booking to say."""
    return session.get_one(Reschedule, reschedule_id, populate_existing=True)


def _rows(rows: Sequence[Moved | Refused]) -> str:
    return json.dumps([asdict(row) for row in rows], default=str)
