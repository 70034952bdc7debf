"""What is to come: places that are taken from now on, for those who change the catalog beneath them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Session

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


def on_resource(resource_id: UUID) -> ColumnElement[bool]:
    """Say that a claim is on a resource, so that the gist index finds it."""
    asked = func.uuidrange(
        literal(resource_id, PG_UUID(as_uuid=True)), literal(resource_id, PG_UUID(as_uuid=True)), "[]"
    )
    return func.uuidrange(Claim.resource_id, Claim.resource_id, "[]").bool_op("&&")(asked)


def _to_come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    occupying = or_(Claim.expires_at.is_(None), Claim.expires_at > now)
    return (Claim.released_at.is_(None), occupying, Claim.starts_at > now)
