"""Wishes: whether the customer of a booking is reminded of bookings at its business, as they say themselves."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.accounts.rules import Principal
from domain.bookings.tables import Booking
from domain.kernel import audit
from domain.notifications import queries
from domain.notifications.rules.errors import CustomersOnly


def wish_of(session: Session, booking: Booking) -> bool:
    """Tell whether a booking's customer gets reminders and follow-ups of its business."""
    return not queries.has_opted_out(session, booking.business_id, booking.customer_email)


def wish(session: Session, booking: Booking, *, is_reminded: bool, caller: Principal, now: datetime) -> None:
    """Remind a booking's customer of bookings at its business, or no more. Safe to repeat.

    By themselves only: who has its manage link, or the user that it is for, once they have proven their address, which is
    what it holds for. Errors: CustomersOnly.
    """
    if caller.booking_id is None and not _is_theirs(session, booking, caller):
        raise CustomersOnly
    if is_reminded == wish_of(session, booking):
        return
    if is_reminded:
        queries.opt_in(session, booking.business_id, booking.customer_email)
    else:
        queries.opt_out(session, booking.business_id, booking.customer_email, now=now)
    action = f"booking.reminders_turned_{'on' if is_reminded else 'off'}"
    audit.record(session, caller.actor, action, booking.id, business_id=booking.business_id, now=now)


def _is_theirs(session: Session, booking: Booking, caller: Principal) -> bool:
    return (
        caller.user_id == booking.customer_id
        and accounts.profile(session, caller.user_id).email_verified_at is not None
    )
