"""The log of messages, scoped to those who may see them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from domain.bookings.tables import Booking
from domain.notifications.rules.notices import Audience
from domain.notifications.tables import Notification


def notification(
    session: Session, notification_id: UUID, *, seen_by: UUID, businesses: Collection[UUID]
) -> Notification | None:
    """Return a message of a booking that *seen_by* made or is the customer of, or of one of *businesses*."""
    mine = select(Notification).join(Booking, Booking.id == Notification.booking_id)
    return session.scalar(mine.where(Notification.id == notification_id, _visible(seen_by, businesses)))


def notifications(
    session: Session,
    filters: Mapping[str, Any],
    *,
    seen_by: UUID,
    businesses: Collection[UUID],
    before: UUID | None,
    limit: int,
) -> Sequence[Notification]:
    """Return messages as `notification` does: the newest first, from before the id *before*."""
    where = [getattr(Notification, name) == value for name, value in filters.items() if value is not None]
    if before is not None:
        where.append(Notification.id < before)
    rows = select(Notification).join(Booking, Booking.id == Notification.booking_id)
    visible = rows.where(_visible(seen_by, businesses), *where)
    return session.scalars(visible.order_by(Notification.id.desc()).limit(limit)).all()


def _visible(seen_by: UUID, businesses: Collection[UUID]) -> ColumnElement[bool]:
    """Return what is said to staff to members only."""
    theirs = or_(Booking.booked_by == seen_by, Booking.customer_id == seen_by)
    return or_(Notification.business_id.in_([*businesses]), and_(theirs, Notification.audience == Audience.CUSTOMER))
