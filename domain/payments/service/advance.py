"""Bringing a payment on at its provider, in steps: what is written down before the call, the call, and what it came to.

Between the steps no transaction is open. Whatever dies, the row says what may have happened, and `next_look_at` when it
is looked at again.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.bookings import queries as bookings
from domain.catalog import queries as catalog
from domain.kernel.money import Money
from domain.payments import queries
from domain.payments.gateway import Away, Missing, Order, ProviderError, Refused
from domain.payments.rules.schedule import LATER, MOST, backoff, next_try
from domain.payments.rules.states import OPEN, Provider, State
from domain.payments.service.conclude import conclude
from domain.payments.service.settle import moved
from domain.payments.tables import Payment, ProviderAccount

MISSED = timedelta(hours=1)


class Do(StrEnum):
    """What is to be done at the provider."""

    CREATE = "create"
    CANCEL = "cancel"
    LOOK = "look"


class Step(NamedTuple):
    """The next call for a payment: by which account, under which reference, or what it is made with."""

    do: Do
    account: ProviderAccount
    ref: str
    order: Order | None = None


def next_step(session: Session, payment_id: UUID, *, now: datetime) -> Step | None:
    """Return what is to be done next for a payment, written down as begun; None: nothing.

    What was never handed out cannot be paid: a payment that is to be cancelled before it was made possible is over.
    """
    asked = queries.payment(session, payment_id)
    if asked is None or asked.account_id is None:
        return None
    books = queries.books_for_update(session, asked.booking_id)
    payment = books.payment(payment_id)
    account = queries.account(session, asked.account_id)
    is_new = payment.state == State.CREATING
    payment.next_look_at = next_try(payment.looks, since=payment.created_at, now=now) if is_new else now + backoff(0)
    if is_new:
        if payment.cancel_requested_at is not None:
            moved(session, payment, State.CANCELED, now=now)
            conclude(session, books, None, is_new_money=False, now=now)
            bookings.announce(session, [payment.id])
            return None
        payment.first_sent_at = payment.first_sent_at or now
        return Step(Do.CREATE, account, key_of(payment), _order(session, payment))
    if payment.provider_ref is None:
        payment.next_look_at = None
        return None
    is_to_end = payment.cancel_requested_at is not None and State(payment.state) in OPEN
    return Step(Do.CANCEL if is_to_end else Do.LOOK, account, payment.provider_ref)


def failed(session: Session, payment_id: UUID, step: Step, error: ProviderError, *, now: datetime) -> None:
    """Write down that a step did not come to what was asked for."""
    asked = queries.payment(session, payment_id)
    assert asked is not None  # noqa: S101 - payments are never deleted
    books = queries.books_for_update(session, asked.booking_id)
    payment = books.payment(payment_id)
    if payment.state in LATER:
        payment.next_look_at = now + MOST
        return
    payment.failure_code, payment.failure_message = error.code, error.message
    payment.looks += 1
    if isinstance(error, Missing):
        payment.missing_since = payment.missing_since or now
    if _is_hopeless(payment, error, now):
        moved(session, payment, State.FAILED, now=now, failure_code=error.code)
        conclude(session, books, None, is_new_money=False, now=now)
        bookings.announce(session, [payment.id])
        return
    if payment.state != State.CREATING:
        payment.next_look_at = now + backoff(payment.looks)
        return
    if _is_key_spent(payment, step, error):
        payment.key_no += 1
    payment.next_look_at = next_try(payment.looks, since=payment.created_at, now=now)


def _is_hopeless(payment: Payment, error: ProviderError, now: datetime) -> bool:
    """Tell whether nothing will come of a payment: its provider will not make it, or has not known it for long.

    It knows nothing of what another account made, whose keys were given in place of this one's, perhaps by mistake.
    """
    if payment.state == State.CREATING:
        return isinstance(error, Refused)
    return isinstance(error, Missing) and payment.missing_since is not None and now - payment.missing_since >= MISSED


def key_of(payment: Payment) -> str:
    """Return the key under which a payment is made at its provider; Paystack takes it as the reference."""
    return f"{payment.id}.{payment.key_no}"


def _is_key_spent(payment: Payment, step: Step, error: ProviderError) -> bool:
    """Tell whether asking again with the same key could not come to a payment that can be handed out.

    Paystack knows a reference once, and does not tell again how it is paid. Stripe keeps its own failures for the key.
    What was made under a key whose answer was lost is in nobody's hands, and is never paid.
    """
    if step.ref != key_of(payment) or isinstance(error, Away | Missing):
        return False
    return payment.provider == Provider.PAYSTACK or getattr(error, "answered", False)


def _order(session: Session, payment: Payment) -> Order:
    booking = bookings.booking_by_id(session, payment.booking_id)
    service = catalog.services_by_id(session, [booking.service_id])[booking.service_id]
    return Order(
        payment_id=payment.id,
        booking_id=booking.id,
        key=key_of(payment),
        price=Money(payment.amount, payment.currency),
        email=booking.customer_email,
        description=f"{service.name}, {booking.local_start.replace('T', ' ')}",
        return_url=payment.return_url,
    )
