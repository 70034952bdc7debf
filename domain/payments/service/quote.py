"""What cancelling a booking would cost, told before anybody cancels."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import service as bookings
from domain.bookings.rules import Status
from domain.payments import queries
from domain.payments.rules.balance import Dues, repayments


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The fee and the refund of a cancellation at this moment, in minor units of *currency*.

    *changes_at* is when the fee changes next; None: it does not.
    """

    fee: int
    refund: int
    currency: str
    changes_at: datetime | None


def cancellation_quote(session: Session, booking_id: UUID, *, caller: Principal, now: datetime) -> Quote:
    """Return what cancelling a booking would cost the caller, and bring back. Errors: as for cancelling it."""
    booking = bookings.seen(session, booking_id, caller=caller)
    fee, changes_at = bookings.cancellation_fee(session, booking, caller=caller, now=now)
    books = queries.books(session, booking)
    dues = Dues(Status.CANCELLED, booking.price_amount, booking.deposit_amount, fee)
    owed = sum(each.amount for each in repayments(dues, books.received))
    return Quote(fee=fee, refund=owed, currency=booking.currency, changes_at=changes_at)
