"""SQL about what an account has and does: its businesses, and how much is booked there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.bookings.tables import Booking
from domain.catalog.tables import Business


def businesses_of(session: Session, account_id: UUID) -> Sequence[Business]:
    """Return an account's businesses, the first first."""
    mine = select(Business).where(Business.account_id == account_id)
    return session.scalars(mine.order_by(Business.id)).all()


def count_businesses(session: Session, account_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Count the businesses of each account that has any."""
    mine = select(Business.account_id, func.count()).where(Business.account_id.in_(account_ids))
    return {row[0]: row[1] for row in session.execute(mine.group_by(Business.account_id))}


def count_bookings(session: Session, business_ids: Collection[UUID], *, since: datetime) -> int:
    """Count the bookings that were asked for there since then."""
    such = (Booking.business_id.in_(business_ids), Booking.created_at >= since)
    return session.scalars(select(func.count()).select_from(Booking).where(*such)).one()
