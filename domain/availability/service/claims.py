"""Taking and leaving places: claims, written only under the locks of the one lock order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.rules.board import Wish

EXCLUSION_VIOLATION = "23P01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A wish and the resources that it gets, one for each role, until *expires_at* (None: for good)."""

    wish: Wish
    resource_ids: Sequence[UUID]
    expires_at: datetime | None


def occupy(session: Session, places: Sequence[Place], *, now: datetime) -> bool:
    """Claim every place or none; False when the database refuses one, with nothing written and nothing given up.

    Who moves gives up the old place first, so that it is free for the others. The caller holds the lane, the resources
    and the bookings, so a refusal means that somebody wrote past the application.
    """
    if not places:
        return True
    savepoint = session.begin_nested()
    try:
        release(session, [place.wish.booking_id for place in places if place.wish.leaves], now=now)
        rows = [_row(place, resource_id) for place in places for resource_id in place.resource_ids]
        complete = queries.insert_claims(session, rows) == len(rows)
    except IntegrityError as error:
        savepoint.rollback()
        if getattr(error.orig, "sqlstate", None) != EXCLUSION_VIOLATION:
            raise
        return False
    (savepoint.commit if complete else savepoint.rollback)()
    return complete


def refused(session: Session, place: Place, *, now: datetime) -> Collection[UUID]:
    """Return those resources of a place that the database refuses by themselves; all of them if it takes each alone."""
    ids = place.resource_ids
    barred = [each for each in ids if len(ids) > 1 and not _takes(session, replace(place, resource_ids=[each]), now)]
    return barred or ids


def _takes(session: Session, place: Place, now: datetime) -> bool:
    """Tell whether the database would take a place; nothing is written."""
    attempt = session.begin_nested()
    try:
        return occupy(session, [place], now=now)
    finally:
        attempt.rollback()


def release(session: Session, booking_ids: Collection[UUID], *, now: datetime) -> None:
    """Give back the places of bookings that the caller has locked."""
    if booking_ids:
        queries.release(session, booking_ids, now=now)


def keep(session: Session, booking_id: UUID, *, places: int, expires_at: datetime | None) -> bool:
    """Keep the *places* of a locked booking until *expires_at* (None: for good); False when it has not all any more."""
    return queries.extend(session, booking_id, expires_at=expires_at) == places


def _row(place: Place, resource_id: UUID) -> dict[str, object]:
    wish = place.wish
    start, end = wish.footprint
    return {
        "booking_id": wish.booking_id,
        "resource_id": resource_id,
        "service_id": wish.terms.service_id,
        "start": wish.start,
        "end": wish.end,
        "footprint_start": start,
        "footprint_end": end,
        "seats": wish.party,
        "exclusive": wish.terms.capacity == 1,
        "expires_at": place.expires_at,
    }
