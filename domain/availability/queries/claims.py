"""Writing claims: taking places, giving them up, keeping them longer."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from domain.availability.tables import Claim
from domain.kernel import locks

INSERT = text("""
    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive, expires_at)
    SELECT booking_id, resource_id, service_id, to_timestamp("start"), to_timestamp("end"),
           tstzrange(to_timestamp(footprint_start), to_timestamp(footprint_end)), seats, exclusive, expires_at
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
           booking_id uuid, resource_id uuid, service_id uuid, "start" bigint, "end" bigint, footprint_start bigint,
           footprint_end bigint, seats int, exclusive boolean, expires_at timestamptz)
        ON CONFLICT DO NOTHING
 RETURNING id
""")


def insert_claims(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert claims, skipping those that meet a live exclusive one; return how many went in.

    The caller holds the lane and the resources. A claim that a trigger refuses raises IntegrityError (23P01).
    """
    locks.require(session, "lanes", "resources")
    return len(session.execute(INSERT, {"rows": json.dumps(rows, default=str)}).all())


def release(session: Session, booking_ids: Collection[UUID], *, now: datetime) -> None:
    """End the claims of bookings that the caller has locked."""
    locks.require(session, "bookings")
    session.execute(
        update(Claim)
        .where(Claim.booking_id.in_(booking_ids), Claim.released_at.is_(None))
        .values(released_at=now)
        .execution_options(synchronize_session=False)
    )


def extend(session: Session, booking_id: UUID, *, expires_at: datetime | None) -> int:
    """Let the live claims of a locked booking last until *expires_at* (None: for good); return how many there are."""
    locks.require(session, "bookings")
    kept = session.scalars(
        update(Claim)
        .where(Claim.booking_id == booking_id, Claim.released_at.is_(None))
        .values(expires_at=expires_at)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    return len(kept.all())
