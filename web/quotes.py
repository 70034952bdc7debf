"""Quotes: what a cancellation costs, signed, so that it can be held to for a while."""

from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadData

from config.signing import signer
from domain.payments.rules.errors import QuoteExpired

GOOD_FOR = timedelta(minutes=10)


def quoted(booking_id: UUID, user_id: UUID, fee: int, *, now: datetime) -> str:
    """Return a quote of a fee for somebody who might cancel a booking within ten minutes."""
    told: str = signer("cancellation quote").dumps(
        [booking_id.hex, user_id.hex, fee, int((now + GOOD_FOR).timestamp())]
    )
    return told


def fee_of(quote: str, booking_id: UUID, user_id: UUID, *, now: datetime) -> int:
    """Return the fee that was quoted. Errors: QuoteExpired, also for what is no quote of this."""
    try:
        booking, user, fee, until = signer("cancellation quote").loads(quote)
    except (BadData, ValueError, TypeError):
        raise QuoteExpired from None
    if (booking, user) != (booking_id.hex, user_id.hex) or now.timestamp() > until:
        raise QuoteExpired
    return int(fee)
