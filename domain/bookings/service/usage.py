"""What an account has and does, for operators."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from domain.bookings.queries import usage as queries
from domain.catalog.tables import Business

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """An account's businesses, and how many bookings were asked for there within 30 days."""

    businesses: Sequence[Business]
    bookings: int


def usage(session: Session, account_id: UUID, *, now: datetime) -> Usage:
    """Return what an account has and does."""
    businesses = queries.businesses_of(session, account_id)
    bookings = queries.count_bookings(session, [each.id for each in businesses], since=now - LATELY)
    return Usage(businesses=businesses, bookings=bookings)


def businesses(session: Session, account_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return how many businesses each account has, of those that have any."""
    return queries.count_businesses(session, account_ids)
