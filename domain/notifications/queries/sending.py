"""Claiming what is due, and writing down what became of it. Whoever has lost its lease changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from domain.bookings.tables import Booking
from domain.kernel import locks
from domain.kernel.events import Event
from domain.notifications.rules.notices import MessageState, Urgency
from domain.notifications.tables import Notification

LOOKED_AT = 1000


def claim_due_for_update(
    session: Session, lease: UUID, *, until: datetime, now: datetime, limit: int
) -> Sequence[UUID]:
    """Lease what may be tried by now to whom *lease* stands for; return the ids.

    What is most urgent comes first, and of that what has waited longest.

    What others are claiming just now is left to them, so that any number may claim at once.
    """
    locks.enter(session, Notification.__tablename__)
    ids: list[UUID] = []
    for urgency in Urgency:
        due = select(Notification.id).where(Notification.urgency == urgency, Notification.next_try_at <= now)
        best = due.order_by(Notification.next_try_at).limit(limit - len(ids))
        ids += session.scalars(best.with_for_update(skip_locked=True, key_share=True))
    if ids:
        session.execute(
            update(Notification)
            .where(Notification.id.in_(ids))
            .values(state=MessageState.SENDING, leased_by=lease, next_try_at=until, attempts=Notification.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return ids


def give_back(session: Session, ids: Sequence[UUID], lease: UUID, *, now: datetime) -> None:
    """Let others have what was claimed and not tried; it does not count as an attempt."""
    if not ids:
        return
    session.execute(
        update(Notification)
        .where(Notification.id.in_(ids), Notification.leased_by == lease)
        .values(state=MessageState.DUE, leased_by=None, next_try_at=now, attempts=Notification.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def put_off_for_update(session: Session, *, until: datetime, now: datetime) -> None:
    """Let nobody try before *until* what may be tried by now; what others are claiming just now is left to them."""
    locks.enter(session, Notification.__tablename__)
    due = select(Notification.id).where(Notification.next_try_at <= now)
    free = due.with_for_update(skip_locked=True, key_share=True).cte("free")
    session.execute(
        update(Notification)
        .where(Notification.id.in_(select(free.c.id)))
        .values(state=MessageState.DUE, leased_by=None, next_try_at=until)
        .execution_options(synchronize_session=False)
    )


def write_down(session: Session, notification_id: UUID, lease: UUID, **became: Any) -> bool:  # noqa: ANN401 - columns
    """Set columns of a message and end its lease; False when it is somebody else's by now, and nothing is set."""
    result = session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.leased_by == lease)
        .values(leased_by=None, **became)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)  # noqa: S101
    return result.rowcount == 1


def request_of(session: Session, notification_id: UUID) -> str | None:
    """Return in which request, or on whose behalf, the event was recorded that a message tells of."""
    told = select(Event.request_id).join(Notification, Notification.event_id == Event.public_id)
    return session.scalar(told.where(Notification.id == notification_id))


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Tell whether something may be tried by now."""
    return bool(session.scalar(select(exists().where(Notification.next_try_at <= now))))


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """Return when what has waited longest of what may be tried by now was due; None: there is nothing.

    Of a crowd those are looked at which could have been tried first: it takes no longer, however much waits.
    """
    due = select(Notification.due_at).where(Notification.next_try_at <= now)
    first = due.order_by(Notification.next_try_at).limit(LOOKED_AT).subquery()
    found: datetime | None = session.scalar(select(func.min(first.c.due_at)))
    return found


def forget(session: Session, *, before: datetime, limit: int) -> int:
    """Delete messages that were over long ago, and their bookings too; return how many those were.

    One that was repeated goes after the last.
    """
    again = aliased(Notification)
    is_repeated = exists().where(again.again_of == Notification.id)
    is_ahead = exists().where(Booking.id == Notification.booking_id, Booking.ends_at >= before)
    old = (Notification.next_try_at.is_(None), Notification.due_at < before, ~is_repeated, ~is_ahead)
    ids = select(Notification.id).where(*old).limit(limit)
    gone = delete(Notification).where(Notification.id.in_(ids)).returning(Notification.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
