"""Reading bookings, scoped to those who may see them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from operator import eq, ge, lt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session

from domain.bookings.rules import Sought, Status
from domain.bookings.tables import Booking, Move
from domain.kernel.newest import newest


def _among(resources: Any, resource_id: UUID) -> ColumnElement[bool]:  # noqa: ANN401 - as the other comparisons take it
    return or_(Booking.resource_id == resource_id, resources.contains([{"resource_id": str(resource_id)}]))


FILTERS: Mapping[str, tuple[Any, Callable[[Any, Any], ColumnElement[bool]]]] = {
    "business_id": (Booking.business_id, eq),
    "service_id": (Booking.service_id, eq),
    "resource_id": (Booking.resources, _among),
    "customer_id": (Booking.customer_id, eq),
    "starts_from": (Booking.starts_at, ge),
    "starts_to": (Booking.starts_at, lt),
    "updated_since": (Booking.updated_at, ge),
    "updated_until": (Booking.updated_at, lt),
}
"""How a field of `Sought` is compared."""


def made_by(user: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    """Return whether a booking was made by a user, and not by them as a member for somebody else: that is the business's."""
    return (Booking.booked_by == user) & ~Booking.by_member


# Built once: it runs with nearly every request.
SEEN = (
    select(Booking)
    .where(
        Booking.id == bindparam("booking_id"),
        or_(
            Booking.customer_id == bindparam("seen_by"),
            made_by(bindparam("seen_by")),
            Booking.business_id == any_(bindparam("businesses", type_=ARRAY(Uuid))),
        ),
    )
    .execution_options(populate_existing=True)
)


def booking(session: Session, booking_id: UUID, *, seen_by: UUID, businesses: Collection[UUID]) -> Booking | None:
    """Return a booking that *seen_by* made, or that is at one of *businesses*; anybody else's is None."""
    return session.scalar(SEEN, {"booking_id": booking_id, "seen_by": seen_by, "businesses": list(businesses)})


def booking_by_id(session: Session, booking_id: UUID) -> Booking:
    """Return a booking that there is, whoever asks."""
    return session.get_one(Booking, booking_id)


def reread(session: Session, booking_id: UUID) -> Booking:
    """Return a booking that there is as it is now."""
    return session.get_one(Booking, booking_id, populate_existing=True)


def visible(
    session: Session, booking_ids: Collection[UUID], *, seen_by: UUID, businesses: Collection[UUID]
) -> Collection[UUID]:
    """Return those of some bookings that *seen_by* made or is the customer of, or that are at one of *businesses*."""
    theirs = or_(Booking.customer_id == seen_by, made_by(seen_by), Booking.business_id.in_(list(businesses)))
    return set(session.scalars(select(Booking.id).where(Booking.id.in_(booking_ids), theirs)))


def any_of(session: Session, business_id: UUID) -> bool:
    """Tell whether a business has bookings, in whatever status."""
    return bool(session.scalar(select(exists().where(Booking.business_id == business_id))))


def history(session: Session, booking_id: UUID, *, after: int, limit: int) -> Sequence[Move]:
    """Return what happened to a booking after the version *after*, first things first."""
    lines = select(Move).where(Move.booking_id == booking_id, Move.version > after)
    return session.scalars(lines.order_by(Move.version).limit(limit)).all()


def bookings(
    session: Session,
    sought: Sought,
    *,
    seen_by: UUID,
    businesses: Collection[UUID],
    after: UUID | None,
    limit: int,
    now: datetime,
) -> Sequence[Booking]:
    """Return the bookings sought that *seen_by* made or is the customer of, or that are at one of *businesses*.

    The newest first, from before the id *after*. Each way to see a booking is an index of its own, read from its end
    for as many rows as are asked for, and the best of those are returned.
    """
    where = [*_asked(sought), *_shown(sought, now)]
    if after is not None:
        where.append(Booking.id < after)
    ways = (made_by(seen_by), Booking.customer_id == seen_by)
    seen = newest(Booking.id, ways, of=Booking.business_id, values=businesses, where=where, limit=limit)
    return session.scalars(select(Booking).where(Booking.id.in_(seen)).order_by(Booking.id.desc()).limit(limit)).all()


def _asked(sought: Sought) -> list[ColumnElement[bool]]:
    """Return what is asked of the columns that do not change with the clock."""
    asked = ((column, compare, getattr(sought, name)) for name, (column, compare) in FILTERS.items())
    return [compare(column, value) for column, compare, value in asked if value is not None]


def _shown(sought: Sought, now: datetime) -> list[ColumnElement[bool]]:
    """Return what is asked of the status as it reads at *now*: a lapsed hold is expired, whether or not a job has run."""
    if not sought.statuses:
        return []
    lasts = or_(Booking.hold_expires_at.is_(None), Booking.hold_expires_at > now)
    reads = and_(Booking.status.in_(sorted(sought.statuses)), lasts)
    return [or_(reads, Booking.hold_expires_at <= now) if Status.EXPIRED in sought.statuses else reads]
