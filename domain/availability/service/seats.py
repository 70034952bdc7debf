"""What a service's capacity means for the claims that it has: above one they share, at one they exclude."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.catalog.tables import Service


def to_reseat(session: Session, service: Service, *, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Return (booking id, resource id) of the live claims that do not fit a capacity that came to one, or left it."""
    return queries.mistaken(session, service.id, capacity=service.capacity, now=now)


def reseat(session: Session, service: Service, *, now: datetime) -> None:
    """Let the live claims of a service share, or exclude, as its capacity is now; what was over before *now* is left alone.

    Where the capacity came to one, claims that overlap already, or have several seats, stay shared: they keep their
    places, and whoever comes is refused beside them all the same. The caller holds lane, resources and bookings.
    """
    if service.capacity > 1:
        queries.share(session, service.id, now=now)
    else:
        queries.stop_sharing(session, service.id, now=now)
