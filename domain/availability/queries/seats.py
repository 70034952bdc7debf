"""How the live claims of a service meet others, when its capacity comes to one or leaves it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from domain.availability.tables import Claim
from domain.kernel import locks

REACH = timedelta(days=2)  # buffers are a day at most


def mistaken(session: Session, service_id: UUID, *, capacity: int, now: datetime) -> Collection[UUID]:
    """Return the bookings with live claims that are exclusive, or not, as another capacity had it."""
    wrong = Claim.exclusive.is_(capacity > 1)
    return session.scalars(select(Claim.booking_id).where(*_reachable(service_id, now), wrong).distinct()).all()


def share(session: Session, service_id: UUID, *, now: datetime) -> None:
    """Let every live claim of a service stand beside others of it. The caller holds their resources and bookings."""
    locks.require(session, "lanes", "resources", "bookings")
    session.execute(
        update(Claim)
        .where(*_reachable(service_id, now), Claim.exclusive)
        .values(exclusive=False)
        .execution_options(synchronize_session=False)
    )


def stop_sharing(session: Session, service_id: UUID, *, now: datetime) -> None:
    """Make each live claim of a service exclusive that has one seat and meets no other; others stay as they are.

    The caller holds their resources and bookings.
    """
    locks.require(session, "lanes", "resources", "bookings")
    other = aliased(Claim)
    met = exists().where(
        func.uuidrange(other.resource_id, other.resource_id, "[]").bool_op("&&")(
            func.uuidrange(Claim.resource_id, Claim.resource_id, "[]")
        ),
        other.footprint.bool_op("&&")(Claim.footprint),
        other.released_at.is_(None),
        other.id != Claim.id,
    )
    session.execute(
        update(Claim)
        .where(*_reachable(service_id, now), ~Claim.exclusive, Claim.seats == 1, ~met)
        .values(exclusive=True)
        .execution_options(synchronize_session=False)
    )


def _reachable(service_id: UUID, now: datetime) -> Iterable[ColumnElement[bool]]:
    # What is over is left alone, but not what the buffers of a booking that begins now could still meet.
    return Claim.service_id == service_id, Claim.released_at.is_(None), func.upper(Claim.footprint) > now - REACH
