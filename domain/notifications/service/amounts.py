"""Amounts: what of a booking's money a message tells, and by which way it goes back."""

from sqlalchemy.orm import Session

from domain.bookings.rules import Status
from domain.bookings.tables import Booking
from domain.kernel.money import Money
from domain.notifications import queries
from domain.notifications.queries import About
from domain.notifications.rules.notices import Notice
from domain.notifications.rules.saying import BY_BUSINESS, BY_SEVERAL


def due(booking: Booking) -> Money:
    """Return what is to be paid at first, or is left of that."""
    first = booking.price_amount if booking.deposit_amount is None else booking.deposit_amount
    return Money(max(first - booking.paid_amount, 0), booking.currency)


def refund(session: Session, about: About) -> Money | None:
    """Return what goes back: the refund that is told of, or of a cancelled booking all that is left but the fee."""
    row, booking = about.notification, about.booking
    if row.kind == Notice.REFUNDED:
        return Money(int(row.details["amount"]), str(row.details["currency"]))
    if booking.status != Status.CANCELLED:
        return None
    kept = (booking.cancellation_fee_amount or 0) + queries.refunds_asked_for(session, booking.id)
    return Money(max(booking.paid_amount - kept, 0), booking.currency)


def fee(booking: Booking) -> Money | None:
    """Return what is kept of a cancelled booking's money."""
    if booking.status != Status.CANCELLED:
        return None
    return Money(min(booking.cancellation_fee_amount or 0, booking.paid_amount), booking.currency)


def way(session: Session, about: About) -> str | None:
    """Return the code of the way by which money goes back: that of the refund told of, or of what was paid."""
    row, booking = about.notification, about.booking
    if row.kind == Notice.REFUNDED:
        found = queries.refund_by(session, row.event_id)
        if found is None:
            return None
        provider, method, is_by_provider = found
        return method or (provider if is_by_provider else BY_BUSINESS)
    if booking.status != Status.CANCELLED:
        return None
    ways = {method or provider for provider, method in queries.paid_by(session, booking.id)}
    return ways.pop() if len(ways) == 1 else BY_SEVERAL if ways else None
