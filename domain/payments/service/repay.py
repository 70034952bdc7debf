"""Bringing a refund on at its provider, in steps: what is written down before the call, the call, and what it came to."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.kernel.money import Money
from domain.payments import queries
from domain.payments.gateway import Away, ProviderError, RefundOrder, Refused, SeenRefund, Unknown
from domain.payments.rules.schedule import backoff, next_try
from domain.payments.rules.states import PAID, Provider, RefundState, State
from domain.payments.service.aftermath import see_refund
from domain.payments.service.conclude import conclude
from domain.payments.service.facts import happened
from domain.payments.tables import ProviderAccount, Refund

UNSENT = frozenset({RefundState.PENDING})
SENDING_TAKES = timedelta(seconds=30)
"""A call takes half of that at most."""

TRIED_LONG_ENOUGH = timedelta(days=3)


class ToRepay(NamedTuple):
    """What is to be done about a refund: sent now, or looked for, because the provider has it or may have it."""

    account: ProviderAccount
    order: RefundOrder
    is_looked_for: bool


def to_repay(session: Session, refund_id: UUID) -> ToRepay | None:
    """Return what is to be done about a refund; None: nothing, or nothing that could be done from here.

    One that has succeeded is looked for too: a bank may have sent it back.
    """
    refund = queries.refund(session, refund_id)
    if refund is None or refund.state == RefundState.FAILED:
        return None
    payment = queries.payment(session, refund.payment_id)
    if payment is None or payment.account_id is None or payment.provider_ref is None:
        return None
    order = RefundOrder(
        refund_id=refund.id,
        payment_id=payment.id,
        key=f"{refund.id}.{refund.key_no}",
        ref=payment.provider_ref,
        price=Money(refund.amount, refund.currency),
    )
    is_fresh = refund.state in UNSENT and refund.last_sent_at is None
    return ToRepay(queries.account(session, payment.account_id), order, not is_fresh)


def begin_to_send(session: Session, refund_id: UUID, *, now: datetime) -> bool:
    """Write down that a refund is about to be sent; False: it must not be (any more).

    Nobody sends what another may be sending still. One that may have been sent before and was not found at the provider
    is sent again where that cannot come to more than was promised: Stripe knows it by its key; Paystack has none, but refunds no more than is left, so that it is
    sent again only if it is for all that is left. Any other needs a person.
    """
    asked = queries.refund(session, refund_id)
    assert asked is not None  # noqa: S101 - refunds are never deleted
    books = queries.books_for_update(session, asked.booking_id)
    refund = next(each for each in books.refunds if each.id == refund_id)
    payment = books.payment(refund.payment_id)
    if refund.state not in UNSENT or State(payment.state) not in PAID:
        return False
    if refund.sending_until is not None and now < refund.sending_until:
        refund.next_look_at = refund.sending_until
        return False
    is_again = refund.first_sent_at is not None
    others = sum(
        each.amount
        for each in books.refunds_of(payment.id)
        if each.id != refund.id and each.state in {RefundState.SENT, RefundState.SUCCEEDED}
    )
    is_all_there_is = refund.amount == payment.received_amount - others
    if is_again and payment.provider == Provider.PAYSTACK and not is_all_there_is:
        refund.state, refund.next_look_at = RefundState.ATTENTION, None
        refund.failure_code = "sent_or_not"
        happened(session, "refund.attention", refund, now=now, reason=refund.reason)
        return False
    refund.first_sent_at = refund.first_sent_at or now
    refund.last_sent_at, refund.sending_until = now, now + SENDING_TAKES
    refund.next_look_at = refund.sending_until
    return True


def sent(session: Session, refund_id: UUID, outcome: SeenRefund | ProviderError, *, now: datetime) -> Refund:
    """Write down what sending a refund came to. What may have happened, or was not let through, is looked at again."""
    asked = queries.refund(session, refund_id)
    assert asked is not None  # noqa: S101 - refunds are never deleted
    books = queries.books_for_update(session, asked.booking_id)
    refund = next(each for each in books.refunds if each.id == refund_id)
    refund.sending_until = None
    if isinstance(outcome, SeenRefund):
        see_refund(session, books.payment(refund.payment_id), refund, outcome, now=now)
    elif refund.state in UNSENT and isinstance(outcome, Refused):
        refund.state, refund.next_look_at = RefundState.FAILED, None
        refund.failure_code, refund.failure_message = outcome.code, outcome.message
        happened(session, "refund.failed", refund, now=now, reason=refund.reason)
    elif refund.state in UNSENT:
        _try_again(session, refund, outcome, now)
    conclude(session, books, None, is_new_money=False, now=now)
    return refund


def not_found_out(session: Session, refund_id: UUID, error: ProviderError, *, now: datetime) -> None:
    """Write down that the provider could not be asked about a refund, which says nothing of what was sent."""
    asked = queries.refund(session, refund_id)
    assert asked is not None  # noqa: S101 - refunds are never deleted
    books = queries.books_for_update(session, asked.booking_id)
    refund = next(each for each in books.refunds if each.id == refund_id)
    if refund.state in UNSENT:
        refund.failure_code, refund.failure_message = error.code, error.message
        _put_off(session, refund, now)
    elif refund.next_look_at is not None:
        refund.looks += 1
        refund.next_look_at = now + backoff(refund.looks)


def _try_again(session: Session, refund: Refund, error: ProviderError, now: datetime) -> None:
    """Put off a refund that was not let through, or whose answer was lost."""
    refund.failure_code, refund.failure_message = error.code, error.message
    # Stripe keeps its own failure for the key. It is looked for before it is sent with another.
    refund.key_no += 1 if isinstance(error, Unknown) and error.answered else 0
    if isinstance(error, Away) and refund.first_sent_at == refund.last_sent_at:
        refund.first_sent_at = None  # it has surely not reached the provider, now or before
    _put_off(session, refund, now)


def _put_off(session: Session, refund: Refund, now: datetime) -> None:
    """Have an unsent refund tried again later; after days it is left to a person."""
    refund.looks += 1
    refund.next_look_at = next_try(refund.looks, since=refund.created_at, now=now)
    if now - refund.created_at >= TRIED_LONG_ENOUGH:
        refund.state, refund.next_look_at = RefundState.ATTENTION, None
        happened(session, "refund.attention", refund, now=now, reason=refund.reason)
