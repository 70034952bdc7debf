"""The log of messages: looked at, sent again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import queries as bookings
from domain.bookings.service.authority import serves
from domain.kernel import audit
from domain.kernel.errors import MembersOnly, NotFound, OwnResourcesOnly
from domain.kernel.ids import new_id
from domain.kernel.outside import in_utc
from domain.kernel.periods import Period
from domain.notifications import queries
from domain.notifications.rules.errors import OnItsWay, ResentLately
from domain.notifications.rules.notices import MessageState
from domain.notifications.tables import Notification

APART = timedelta(minutes=10)
COPIED = (
    *("business_id", "booking_id", "event_id", "version", "kind", "channel", "audience", "address"),
    *("name", "details", "sequence", "urgency"),
)


def seen(session: Session, notification_id: UUID, *, caller: Principal) -> Notification:
    """Return a message that the caller may see. Errors: NotFound."""
    found = queries.notification(session, notification_id, seen_by=caller.user_id, businesses=caller.roles.keys())
    if found is None:
        raise NotFound(what="notification")
    return found


def found(
    session: Session, filters: Mapping[str, Any], made: Period, *, caller: Principal, after: UUID | None, limit: int
) -> Sequence[Notification]:
    """Return a page of the messages that the caller may see, the newest first."""
    return queries.notifications(
        session, filters, made, seen_by=caller.user_id, businesses=caller.roles.keys(), before=after, limit=limit
    )


def resend(session: Session, notification_id: UUID, *, caller: Principal, now: datetime) -> Notification:
    """Send a message once more, as the booking is by then. For who serves the booking.

    Once in ten minutes at most. Errors: NotFound, MembersOnly, OwnResourcesOnly, OnItsWay, ResentLately.
    """
    row = seen(session, notification_id, caller=caller)
    booking = bookings.booking_by_id(session, _booking_of(row))
    if not serves(session, booking, caller):
        raise OwnResourcesOnly if caller.is_member(booking.business_id) else MembersOnly
    row = queries.notification_for_update(session, row.again_of or row.id)
    if row.state in {MessageState.DUE, MessageState.SENDING}:
        raise OnItsWay(state=row.state)
    last = queries.last_repeated(session, row.id)
    if last and last > now - APART:
        raise ResentLately(again_at=in_utc(last + APART))
    copy = Notification(
        id=new_id(),
        **{name: getattr(row, name) for name in COPIED},
        account_id=queries.account_of(session, booking.business_id),
        state=MessageState.DUE,
        due_at=now,
        next_try_at=now,
        attempts=0,
        again_of=row.id,
        created_at=now,
    )
    session.add(copy)
    audit.record(session, caller.actor, "notification.resent", row.id, business_id=row.business_id, now=now)
    session.flush()
    return copy


def _booking_of(row: Notification) -> UUID:
    assert row.booking_id is not None  # noqa: S101 - only such are in the log that is looked at
    return row.booking_id
