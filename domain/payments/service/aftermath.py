"""What becomes of money that came: refunds and disputes, as the provider tells them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.payments import queries
from domain.payments.gateway import SeenDispute, SeenRefund
from domain.payments.queries import Books
from domain.payments.rules.schedule import next_refund_look
from domain.payments.rules.states import (
    PAID,
    REFUND_NEXT,
    RESERVED,
    DisputeState,
    Entry,
    RefundReason,
    RefundState,
    State,
)
from domain.payments.service.facts import happened, told
from domain.payments.tables import Dispute, Payment, Refund


def see_refunds(session: Session, books: Books, payment: Payment, seen: Sequence[SeenRefund], *, now: datetime) -> None:
    """Bring refunds to where their provider says they are; one that nobody here asked for is taken in as a fact."""
    if State(payment.state) not in PAID:
        return
    told: set[UUID] = set()
    for each in seen:
        refund = _known(books.refunds_of(payment.id), each) or _taken_in(session, books, payment, each, now)
        if refund.state == RefundState.FAILED and refund.provider_ref is None and each.state is not RefundState.FAILED:
            _bring_back(session, books, payment, refund, now)
        see_refund(session, payment, refund, each, now=now)
        told.add(refund.id)
    for refund in books.refunds_of(payment.id):
        if refund.id not in told and refund.provider_ref is not None:
            _look_later(refund, now)


def see_refund(session: Session, payment: Payment, refund: Refund, seen: SeenRefund, *, now: datetime) -> None:
    """Bring one refund to where its provider says it is, with its entries in the ledger."""
    if refund.provider_ref is None:
        refund.provider_ref = seen.ref
    if seen.state not in REFUND_NEXT[RefundState(refund.state)]:
        _look_later(refund, now)
        return
    had_gone = refund.state == RefundState.SUCCEEDED
    refund.state, refund.looks = seen.state.value, 0
    refund.failure_code = seen.failure_code
    refund.next_look_at = next_refund_look(seen.state, 0, since=now, now=now)
    if seen.state is RefundState.SUCCEEDED:
        queries.enter(session, payment, Entry.REFUND, -refund.amount, seen.ref, now=now)
    elif had_gone:
        queries.enter(session, payment, Entry.REFUND_FAILED, refund.amount, seen.ref, now=now)
    happened(session, f"refund.{seen.state.value}", refund, now=now, reason=refund.reason)


def _bring_back(session: Session, books: Books, payment: Payment, refund: Refund, now: datetime) -> None:
    """Let a refund go on that was given up here, and that the provider has made all the same.

    What was promised in its place and is not on its way makes room for it. If that is not enough, more has gone back than
    was promised, which is a fact, as if somebody had given it back at the provider.
    """
    others = [each for each in books.refunds_of(payment.id) if RefundState(each.state) in RESERVED]
    over = sum(each.amount for each in others) + refund.amount - payment.received_amount
    for each in [each for each in others if _is_unsent(each)]:
        if over > 0:
            over -= each.amount
            each.state, each.failure_code, each.next_look_at = RefundState.FAILED, "made_before", None
            happened(session, "refund.failed", each, now=now, reason=each.reason)
    if over > 0:
        refund.reason = RefundReason.EXTERNAL
    session.flush()
    refund.state = RefundState.PENDING


def _is_unsent(refund: Refund) -> bool:
    """Tell whether a refund is only promised: neither at the provider, nor perhaps there."""
    waits = refund.state in {RefundState.PENDING, RefundState.ATTENTION}
    return waits and refund.provider_ref is None and refund.first_sent_at is None


def _look_later(refund: Refund, now: datetime) -> None:
    """Put off the next look at a refund of which there is no news."""
    refund.looks += 1
    since = refund.last_sent_at or refund.created_at
    refund.next_look_at = next_refund_look(RefundState(refund.state), refund.looks, since=since, now=now)


def see_disputes(
    session: Session, books: Books, payment: Payment, seen: Sequence[SeenDispute], *, now: datetime
) -> None:
    """Bring disputes to where their provider says they are."""
    if State(payment.state) not in PAID:
        return
    known = {each.provider_ref: each for each in books.disputes if each.payment_id == payment.id}
    for each in seen:
        dispute = known.get(each.ref)
        if dispute is None:
            books.disputes.append(_opened(session, payment, each, now))
        elif _is_news(dispute, each):
            _changed(session, payment, dispute, each, now)


def _known(refunds: Sequence[Refund], seen: SeenRefund) -> Refund | None:
    """Return the refund that was seen: by the provider's id, or by ours where it has not been told that yet.

    Or else the one of that amount which waits for a person: who gives it back at the provider does so for us.
    """
    by_ref = next((each for each in refunds if each.provider_ref == seen.ref), None)
    if by_ref is not None:
        return by_ref
    untold = [each for each in refunds if not each.provider_ref]
    if seen.refund_id is not None:
        return next((each for each in untold if each.id == seen.refund_id), None)
    waiting = (each for each in untold if each.state == RefundState.ATTENTION)
    return next((each for each in waiting if each.amount == seen.amount), None)


def _taken_in(session: Session, books: Books, payment: Payment, seen: SeenRefund, now: datetime) -> Refund:
    made = Refund(
        payment_id=payment.id,
        booking_id=payment.booking_id,
        business_id=payment.business_id,
        amount=seen.amount,
        currency=payment.currency,
        reason=RefundReason.EXTERNAL,
        state=RefundState.PENDING,
        provider_ref=seen.ref,
        first_sent_at=now,
        created_at=now,
    )
    session.add(made)
    session.flush()
    books.refunds.append(made)
    return made


def _opened(session: Session, payment: Payment, seen: SeenDispute, now: datetime) -> Dispute:
    made = Dispute(
        payment_id=payment.id,
        booking_id=payment.booking_id,
        business_id=payment.business_id,
        provider_ref=seen.ref,
        amount=seen.amount,
        currency=payment.currency,
        state=seen.state,
        is_withdrawn=seen.is_withdrawn,
        reason=seen.reason,
        due_at=seen.due_at,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _withdraw(session, payment, made, 0, now)
    told(session, "dispute.opened", made, now=now, state=made.state)
    return made


def _is_news(dispute: Dispute, seen: SeenDispute) -> bool:
    """Tell whether a dispute has changed; one that is over never goes back to an inquiry."""
    is_over = dispute.state in {DisputeState.WON, DisputeState.LOST} and seen.state is DisputeState.INQUIRY
    said = (seen.state, seen.is_withdrawn, seen.amount, seen.due_at)
    return not is_over and said != (dispute.state, dispute.is_withdrawn, dispute.amount, dispute.due_at)


def _changed(session: Session, payment: Payment, dispute: Dispute, seen: SeenDispute, now: datetime) -> None:
    before = _withdrawn(dispute)
    dispute.state, dispute.is_withdrawn, dispute.due_at = seen.state.value, seen.is_withdrawn, seen.due_at
    dispute.amount = seen.amount
    _withdraw(session, payment, dispute, before, now)
    happened(session, "dispute.changed", dispute, now=now, state=dispute.state)


def _withdrawn(dispute: Dispute) -> int:
    """Return what of a payment is with the bank by a dispute."""
    return dispute.amount if dispute.is_withdrawn else 0


def _withdraw(session: Session, payment: Payment, dispute: Dispute, before: int, now: datetime) -> None:
    """Enter what of a dispute's money went to the bank, or came back; by its version, for a bank may take it twice.

    *before* is what was there. A bank may take less than was disputed.
    """
    went = _withdrawn(dispute) - before
    if not went:
        return
    kind = Entry.DISPUTE if went > 0 else Entry.DISPUTE_REINSTATED
    queries.enter(session, payment, kind, -went, f"{dispute.provider_ref}/{dispute.version}", now=now)
