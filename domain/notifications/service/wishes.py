"""Wishes: whether the customers of a business are reminded of their bookings there, as they say themselves.

Anybody who has a link turns reminders off. On again they are turned by whoever has shown that the address is theirs: signed
in as the customer, or by a link that we have mailed to it. What turns off is no proof: templates of the business may say
that link, replies quote it, and manage links are shown to who serves.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.accounts.rules import Principal
from domain.bookings.tables import Booking
from domain.kernel import audit
from domain.kernel.addresses import folded
from domain.kernel.ids import new_id
from domain.notifications import queries
from domain.notifications.rules.errors import CustomersOnly
from domain.notifications.rules.notices import Audience, Channel, MessageState, Personal, Urgency


def wish_of(session: Session, booking: Booking) -> bool:
    """Tell whether a booking's customer gets reminders and follow-ups of its business."""
    return not is_unsubscribed(session, booking.business_id, booking.customer_email)


def wish(session: Session, booking: Booking, *, is_reminded: bool, caller: Principal, now: datetime) -> bool:
    """Remind a booking's customer of bookings at its business, or no more; return what is so by then. Safe to repeat.

    By themselves only: who has its manage link, or the user that it is for, once they have proven their address, which is
    what it holds for. Who has the link has a mail ask whether to turn them on. Errors: CustomersOnly.
    """
    if caller.booking_id is None and not _is_theirs(session, booking, caller):
        raise CustomersOnly
    where, whose = booking.business_id, booking.customer_email
    off_at = queries.opted_out_at(session, where, whose)
    if (off_at is None) == is_reminded:
        return is_reminded
    if off_at is None:
        queries.opt_out(session, where, whose, now=now)
    elif caller.booking_id is not None:
        _ask_whether_again(session, where, whose, off_at, now)
        return False
    else:
        queries.opt_in(session, where, whose, off_at)
    action = f"booking.reminders_turned_{'on' if is_reminded else 'off'}"
    audit.record(session, caller.actor, action, booking.id, business_id=where, now=now)
    return is_reminded


def is_unsubscribed(session: Session, business_id: UUID, address: str) -> bool:
    """Tell whether an address has turned reminders of bookings at a business off."""
    return queries.opted_out_at(session, business_id, address) is not None


def unsubscribe(session: Session, business_id: UUID, address: str, *, now: datetime) -> bool:
    """Remind an address no more of bookings at a business, as said *now*; False: it had said so before. Safe to repeat."""
    return queries.opt_out(session, business_id, address, now=now)


def subscribe_again(session: Session, business_id: UUID, address: str, off_at: datetime) -> bool:
    """Remind an address again that turned reminders off at *off_at*, and has not said so since; False: it is not so."""
    return queries.opt_in(session, business_id, address, off_at)


def ask_whether_again(session: Session, business_id: UUID, address: str, *, now: datetime) -> None:
    """Have an address that turned reminders off asked by mail whether it wants them again: once a day, by a business."""
    off_at = queries.opted_out_at(session, business_id, address)
    if off_at is not None:
        _ask_whether_again(session, business_id, address, off_at, now)


def _ask_whether_again(session: Session, business_id: UUID, address: str, off_at: datetime, now: datetime) -> None:
    kind = Personal.REMIND_AGAIN.value
    row = {
        "id": new_id(),
        "business_id": business_id,
        "kind": kind,
        "channel": Channel.EMAIL.value,
        "audience": Audience.USER.value,
        "address": address,
        "name": "",
        "details": {"off_at": off_at.isoformat()},
        "sequence": 0,
        "urgency": Urgency.PERSONAL,
        "state": MessageState.DUE.value,
        "due_at": now,
        "next_try_at": now,
        "dedupe_key": f"{business_id} {kind} {folded(address)} {off_at.timestamp()} {now.date()}",
        "created_at": now,
    }
    queries.write_once(session, row)


def _is_theirs(session: Session, booking: Booking, caller: Principal) -> bool:
    return (
        caller.user_id == booking.customer_id
        and accounts.profile(session, caller.user_id).email_verified_at is not None
    )
