"""Settling: the one way in which what a provider says becomes true here.

Whoever has looked at a payment, because of a webhook, a job or a person, brings what was seen to `settle`. It never
goes back, and seeing the same again changes nothing. What follows for the booking is `conclude`'s.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.bookings import queries as booking_queries
from domain.bookings import service as bookings
from domain.payments import queries
from domain.payments.gateway import Seen
from domain.payments.queries import Books
from domain.payments.rules.schedule import next_look
from domain.payments.rules.states import NEXT, PAID, Entry, Provider, State
from domain.payments.service.aftermath import see_disputes, see_refunds
from domain.payments.service.conclude import NeedsLane, conclude
from domain.payments.service.facts import happened
from domain.payments.tables import Payment

EVENTS = {
    State.OPEN: "payment.opened",
    State.PROCESSING: "payment.processing",
    State.SUCCEEDED: "payment.succeeded",
    State.CANCELED: "payment.canceled",
    State.FAILED: "payment.failed",
    State.REVIEW: "payment.review",
}

__all__ = ["EVENTS", "NeedsLane", "moved", "settle", "settle_with_lane"]


def settle(session: Session, payment_id: UUID, seen: Seen, *, looked_at: datetime, now: datetime) -> Payment:
    """Make what was seen of a payment true, with all that follows; nothing if a later look has been believed.

    *looked_at* is when that look began. Errors: NeedsLane when the place of an expired booking has to be taken again: nothing is to be kept of this
    transaction, and `settle_with_lane` is to be called in another.
    """
    payment = queries.payment(session, payment_id)
    assert payment is not None  # noqa: S101 - payments are never deleted
    books = queries.books_for_update(session, payment.booking_id)
    return _settled(session, books, payment_id, seen, None, looked_at, now)


def settle_with_lane(session: Session, payment_id: UUID, seen: Seen, *, looked_at: datetime, now: datetime) -> Payment:
    """Do as `settle`, with all locked that an allocation locks."""
    payment = queries.payment(session, payment_id)
    assert payment is not None  # noqa: S101 - payments are never deleted
    ground = bookings.ground_for_update(session, payment.booking_id, now=now)
    books = queries.money_for_update(session, ground.booking)
    return _settled(session, books, payment_id, seen, ground, looked_at, now)


def moved(session: Session, payment: Payment, state: State, *, now: datetime, **payload: object) -> None:
    """Move a locked payment on and tell of it, if that leads on from where it is."""
    if state not in NEXT[State(payment.state)]:
        return
    payment.state, payment.looks = state.value, 0
    payment.next_look_at = next_look(state, 0, since=now, now=now)
    if state in PAID and payment.settled_at is None:
        payment.settled_at = now
    happened(session, EVENTS[state], payment, now=now, **payload)


def mismatch(session: Session, payment: Payment, seen: Seen) -> str | None:
    """Say what of money that came is not as it was asked for."""
    assert payment.account_id is not None  # noqa: S101 - a provider's
    least, most = _bounds(payment, seen)
    found = {
        "payment": seen.payment_id not in (None, payment.id),
        "reference": payment.provider_ref not in (None, seen.ref),
        "mode": queries.account(session, payment.account_id).is_live != seen.is_live,
        "currency": seen.currency != payment.currency,
        "amount": seen.amount != payment.amount,
        "received": seen.received is None or not least <= seen.received <= most,
    }
    return ", ".join(name for name, is_wrong in found.items() if is_wrong) or None


def _bounds(payment: Payment, seen: Seen) -> tuple[int, int]:
    """Return between what amounts that counts which came.

    At Paystack customers may bear the fees, so that more comes than was asked for, and is the provider's: the fee, which
    is doubled here lest it is rounded otherwise there, or a tenth where it is not told.
    """
    if payment.provider != Provider.PAYSTACK:
        return payment.amount, payment.amount
    borne = payment.amount // 10 if seen.fee is None else 2 * seen.fee
    return payment.amount, payment.amount + borne


def _settled(
    session: Session,
    books: Books,
    payment_id: UUID,
    seen: Seen,
    ground: bookings.Ground | None,
    looked_at: datetime,
    now: datetime,
) -> Payment:
    payment = books.payment(payment_id)
    if payment.seen_at is not None and looked_at < payment.seen_at:
        return payment
    payment.seen_at, payment.missing_since = looked_at, None
    before = payment.state
    _see(session, payment, seen, now)
    is_new_money = payment.state in PAID and before not in PAID
    if seen.currency == payment.currency:  # of another nothing is counted, neither what came nor what went
        see_refunds(session, books, payment, seen.refunds, now=now)
        see_disputes(session, books, payment, seen.disputes, now=now)
    if payment.state == before:
        payment.looks += 1
        since = payment.settled_at or payment.cancel_requested_at or payment.created_at
        payment.next_look_at = next_look(State(payment.state), payment.looks, since=since, now=now)
    conclude(session, books, ground, is_new_money=is_new_money, now=now)
    if payment.state != before:
        booking_queries.announce(session, [payment.id])
    return payment


def _see(session: Session, payment: Payment, seen: Seen, now: datetime) -> None:
    if seen.state is State.SUCCEEDED:
        _see_money(session, payment, seen, now)
        return
    if payment.provider_ref is None:
        payment.provider_ref = seen.ref
    if payment.provider_ref != seen.ref:
        return  # two have made it at once, under two keys: this one is handed to nobody
    if seen.handover:
        payment.handover = dict(seen.handover)
    payment.failure_code, payment.failure_message = seen.failure_code, seen.failure_message
    if seen.state != payment.state:
        moved(session, payment, seen.state, now=now)


def _counted(payment: Payment, seen: Seen) -> int:
    """Return what there is of money that does not match; of another currency nothing can be counted."""
    return max(seen.received or 0, 0) if seen.currency == payment.currency else 0


def _see_money(session: Session, payment: Payment, seen: Seen, now: datetime) -> None:
    if payment.state not in PAID:
        wrong = mismatch(session, payment, seen)
        if payment.provider_ref is None:
            payment.provider_ref = seen.ref
        payment.received_amount = _counted(payment, seen) if wrong else payment.amount
        payment.failure_code, payment.failure_message = ("mismatch", wrong) if wrong else (None, None)
        moved(session, payment, State.REVIEW if wrong else State.SUCCEEDED, now=now, mismatch=wrong)
        if payment.received_amount:
            queries.enter(session, payment, Entry.CHARGE, payment.received_amount, seen.ref, now=now)
    if seen.fee and seen.currency == payment.currency and payment.fee_amount is None:
        payment.fee_amount = seen.fee
        queries.enter(session, payment, Entry.FEE, -seen.fee, seen.ref, now=now)
