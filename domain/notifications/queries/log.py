"""The log of messages, scoped to those who may see them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from domain.bookings import queries as bookings
from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.kernel.newest import newest
from domain.kernel.periods import Period, made_within
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
    made: Period,
    *,
    seen_by: UUID,
    businesses: Collection[UUID],
    before: UUID | None,
    limit: int,
) -> Sequence[Notification]:
    """Return messages as `notification` does: the newest first, from before the id *before*.

    Each way to see one is read by an index of its own, and the best of those rows are returned.
    """
    where = [getattr(Notification, name) == value for name, value in filters.items() if value is not None]
    where += made_within(made, Notification.created_at, Notification.id)
    if before is not None:
        where.append(Notification.id < before)
    where.append(Notification.booking_id.is_not(None))
    is_for_customers = Notification.audience == Audience.CUSTOMER
    ways = [
        and_(Notification.booking_id.in_(select(Booking.id).where(theirs)), is_for_customers)
        for theirs in (bookings.made_by(seen_by), Booking.customer_id == seen_by)
    ]
    seen = newest(Notification.id, ways, of=Notification.business_id, values=businesses, where=where, limit=limit)
    rows = select(Notification).where(Notification.id.in_(seen))
    return session.scalars(rows.order_by(Notification.id.desc()).limit(limit)).all()


def _visible(seen_by: UUID, businesses: Collection[UUID]) -> ColumnElement[bool]:
    """Return what is said to staff to members only."""
    theirs = or_(bookings.made_by(seen_by), Booking.customer_id == seen_by)
    return or_(Notification.business_id.in_([*businesses]), and_(theirs, Notification.audience == Audience.CUSTOMER))


def notification_for_update(session: Session, notification_id: UUID) -> Notification:
    """Lock a message, which must exist, and return it freshly read."""
    (found,) = locks.rows_for_update(session, Notification, Notification.id == notification_id)
    return found


def last_repeated(session: Session, notification_id: UUID) -> datetime | None:
    """Return when a message was asked to be sent once more for the last time."""
    return session.scalar(select(func.max(Notification.created_at)).where(Notification.again_of == notification_id))
