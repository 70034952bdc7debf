"""Promises: money that is to go back, written down before anybody is asked to send it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from domain.payments.queries import Books
from domain.payments.rules.balance import Repayment
from domain.payments.rules.currencies import countable_from
from domain.payments.rules.states import Provider, RefundReason, RefundState
from domain.payments.service.facts import told
from domain.payments.tables import Refund

MOST_FAILED = 3


def owe(session: Session, books: Books, owed: Repayment, *, now: datetime) -> Refund:
    """Promise money back by the rules; of a currency that the provider counts in steps, the next step in all."""
    payment = books.payment(owed.payment_id)
    amount = owed.amount
    if payment.provider != Provider.OFFLINE:
        countable = countable_from(Provider(payment.provider), amount, payment.currency)
        amount = min(countable, books.left_of(payment))
    return add(session, books, owed.payment_id, amount, owed.reason, now=now)


def add(
    session: Session,
    books: Books,
    payment_id: UUID,
    amount: int,
    reason: RefundReason,
    *,
    now: datetime,
    note: str | None = None,
    asked_by: UUID | None = None,
) -> Refund:
    """Promise money back, in locked books that have as much left.

    Of what was paid to the business itself it is for a person to hand it back, and so it is when the rules' own
    promises have failed often.
    """
    payment = books.payment(payment_id)
    failed = [each for each in books.refunds_of(payment.id) if each.state == RefundState.FAILED and not each.asked_by]
    by_hand = payment.provider == Provider.OFFLINE or (asked_by is None and len(failed) >= MOST_FAILED)
    made = Refund(
        payment_id=payment.id,
        booking_id=payment.booking_id,
        business_id=payment.business_id,
        amount=amount,
        currency=payment.currency,
        reason=reason,
        note=note,
        asked_by=asked_by,
        state=RefundState.ATTENTION if by_hand else RefundState.PENDING,
        next_look_at=None if by_hand else now + timedelta(minutes=1),
        request_id=session.info.get("request_id") or payment.request_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    books.refunds.append(made)
    told(session, "refund.attention" if by_hand else "refund.requested", made, now=now, reason=reason)
    return made
