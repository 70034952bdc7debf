"""What is to come: places that are taken from now on, for those who change the catalog beneath them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Session

from domain.availability.rules.diary import Occupied
from domain.availability.tables import Claim
from domain.catalog.tables import Resource


class Ahead(NamedTuple):
    """A place that a booking has, and that begins later than now."""

    booking_id: UUID
    resource_id: UUID
    service_id: UUID
    starts_at: datetime
    ends_at: datetime


ON_RESOURCES = (Resource, Resource.id == Claim.resource_id)


def ahead(session: Session, *such: ColumnElement[bool], now: datetime) -> Sequence[Ahead]:
    """Return what occupies at *now* and starts later, and is *such*."""
    columns = select(Claim.booking_id, Claim.resource_id, Claim.service_id, Claim.starts_at, Claim.ends_at)
    return [Ahead(*row) for row in session.execute(columns.join(*ON_RESOURCES).where(*_to_come(now), *such))]


def bookings_ahead(session: Session, *such: ColumnElement[bool], now: datetime) -> int:
    """Count the bookings that `ahead` would return a place of."""
    counted = select(func.count(Claim.booking_id.distinct()))
    return session.scalars(counted.join(*ON_RESOURCES).where(*_to_come(now), *such)).one()


def claims_of_service(session: Session, service_id: UUID, *, now: datetime) -> Mapping[UUID, Sequence[Occupied]]:
    """Return what of a service occupies at *now* and is not over, by resource."""
    rows = session.execute(
        select(Claim).where(Claim.service_id == service_id, *_occupying(now), func.upper(Claim.footprint) > now)
    ).scalars()
    found: defaultdict[UUID, list[Occupied]] = defaultdict(list)
    for row in rows:
        found[row.resource_id].append(_occupied(row))
    return found


def on_resource(resource_id: UUID) -> ColumnElement[bool]:
    """Say that a claim is on a resource, so that the gist index finds it."""
    asked = func.uuidrange(
        literal(resource_id, PG_UUID(as_uuid=True)), literal(resource_id, PG_UUID(as_uuid=True)), "[]"
    )
    return func.uuidrange(Claim.resource_id, Claim.resource_id, "[]").bool_op("&&")(asked)


def _to_come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_occupying(now), Claim.starts_at > now)


def _occupying(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Claim.released_at.is_(None), or_(Claim.expires_at.is_(None), Claim.expires_at > now)


def _occupied(claim: Claim) -> Occupied:
    since, until = claim.footprint.lower, claim.footprint.upper
    assert since is not None  # noqa: S101 - a check of the table's
    assert until is not None  # noqa: S101 - a check of the table's
    return Occupied(
        start=int(claim.starts_at.timestamp()),
        end=int(claim.ends_at.timestamp()),
        footprint_start=int(since.timestamp()),
        footprint_end=int(until.timestamp()),
        seats=claim.seats,
        service_id=claim.service_id,
        booking_id=claim.booking_id,
    )
