"""What follows for a booking from where its money stands: confirmed, repaid, or no longer to be paid.

Computed from all of the books each time, never from one event, so that it does not matter what came first, or twice.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain.bookings import service as bookings
from domain.bookings.rules import PaymentStatus, Status
from domain.bookings.tables import Booking
from domain.payments.queries import Books
from domain.payments.rules.balance import is_settled, outstanding, payment_status, repayments
from domain.payments.rules.states import DisputeState, State
from domain.payments.service.facts import happened
from domain.payments.service.promise import owe
from domain.payments.tables import Payment

TAKES_MONEY = frozenset({Status.AWAITING_PAYMENT, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW})


PAID_LATEST = timedelta(days=30)


class NeedsLane(Exception):
    """The place of an expired booking is to be taken again, for which its lane has to be locked first."""


def conclude(
    session: Session, books: Books, ground: bookings.Ground | None, *, is_new_money: bool, now: datetime
) -> None:
    """Do all that follows from the locked *books*. Errors: NeedsLane, without *ground*."""
    _confirm(session, books, ground, is_new_money=is_new_money, now=now)
    for each in repayments(books.dues, books.received):
        owe(session, books, each, now=now)
    for payment in _pointless(books, now):
        payment.cancel_requested_at = now
        happened(session, "payment.cancel_requested", payment, now=now)
    _note(session, books, now)


def _confirm(
    session: Session, books: Books, ground: bookings.Ground | None, *, is_new_money: bool, now: datetime
) -> None:
    booking = books.booking
    if not is_settled(books.dues, books.received) or _is_missed(booking, now):
        return
    if booking.status == Status.AWAITING_PAYMENT:
        if not bookings.confirm_paid(session, booking, now=now):
            raise RuntimeError(f"booking {booking.id} awaits its payment without holding its place")
    elif booking.status == Status.EXPIRED and is_new_money:
        if ground is None:
            raise NeedsLane
        bookings.retake(session, ground)


def _is_missed(booking: Booking, now: datetime) -> bool:
    """Tell whether a booking waited for its money until its hold was over and its start, too: it will be expired."""
    hold = booking.hold_expires_at
    return hold is not None and hold <= now and booking.starts_at <= now


def _pointless(books: Books, now: datetime) -> list[Payment]:
    """Return the open payments that nothing is due for any more, or nobody has paid long after the booking's end."""
    booking = books.booking
    takes_money = booking.status in TAKES_MONEY and now - booking.ends_at < PAID_LATEST
    due = outstanding(books.dues, books.received) if takes_money else None
    return [
        each
        for each in books.open
        if each.cancel_requested_at is None and (due is None or (each.purpose, each.amount) != due)
    ]


def _note(session: Session, books: Books, now: datetime) -> None:
    booking, received = books.booking, books.received
    status = payment_status(
        books.dues,
        received,
        refunded=books.refunded,
        returned=books.returned,
        is_required=booking.payment_status != PaymentStatus.NOT_REQUIRED,
        is_processing=any(each.state == State.PROCESSING for each in books.payments),
        is_disputed=any(each.state in {DisputeState.OPEN, DisputeState.LOST} for each in books.disputes),
    )
    bookings.note_money(
        session, booking, status, paid=sum(each.amount for each in received), refunded=books.refunded, now=now
    )
