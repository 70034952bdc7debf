"""What who serves a booking decides about a refund that needs a person: it is sent once more, handed back, or dropped."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.kernel.errors import NotFound
from domain.payments import queries
from domain.payments.queries import Books
from domain.payments.rules.errors import NotInAttention, NotSendable, RefundUnderway
from domain.payments.rules.states import DROPPED, Entry, Provider, RefundState
from domain.payments.service.authority import serving_for_update
from domain.payments.service.conclude import conclude
from domain.payments.service.facts import happened, noted
from domain.payments.tables import Refund


class Outcome(StrEnum):
    """What a person found out or did: it was not sent; they gave the money back otherwise; it is not to be given back."""

    SEND = "send"
    HANDED_BACK = "handed_back"
    DROP = "drop"


def resolve(
    session: Session,
    payment_id: UUID,
    refund_id: UUID,
    outcome: Outcome,
    *,
    caller: Principal,
    now: datetime,
    note: str | None = None,
) -> Refund:
    """Settle a refund in `attention`. What was dropped is not promised anew, though the rules want it given back.

    Locks the booking and its money. Errors: NotFound, MembersOnly, OwnResourcesOnly, NotInAttention; RefundUnderway
    while the provider has it; NotSendable for what no provider took.
    """
    books, payment = serving_for_update(session, payment_id, caller=caller)
    refund = next((each for each in books.refunds_of(payment.id) if each.id == refund_id), None)
    if refund is None:
        raise NotFound(what="refund")
    if refund.state != RefundState.ATTENTION:
        raise NotInAttention(state=refund.state)
    if refund.provider_ref is not None:
        raise RefundUnderway(provider=payment.provider.capitalize())
    refund.note = note or refund.note
    DOING[outcome](session, books, refund, caller, now)
    conclude(session, books, None, is_new_money=False, now=now)
    noted(session, caller, "refund.resolved", refund, now=now, outcome=outcome.value)
    return refund


def handed_back(session: Session, books: Books, refund: Refund, caller: Principal, now: datetime) -> None:
    """Write down that somebody gave the money of a locked refund back by other means than a provider's."""
    payment = books.payment(refund.payment_id)
    refund.state, refund.asked_by, refund.next_look_at = RefundState.SUCCEEDED, caller.user_id, None
    refund.failure_code = refund.failure_message = None
    queries.enter(session, payment, Entry.REFUND, -refund.amount, str(refund.id), now=now)
    happened(session, "refund.succeeded", refund, now=now, reason=refund.reason)


def _sent_again(session: Session, books: Books, refund: Refund, caller: Principal, now: datetime) -> None:
    """Have it sent as if for the first time, under another key; it is looked for at the provider before."""
    if books.payment(refund.payment_id).provider == Provider.OFFLINE:
        raise NotSendable
    refund.state, refund.asked_by, refund.next_look_at = RefundState.PENDING, caller.user_id, now
    refund.first_sent_at, refund.looks = None, 0
    refund.key_no += 1
    happened(session, "refund.requested", refund, now=now, reason=refund.reason)


def _dropped(session: Session, _: Books, refund: Refund, caller: Principal, now: datetime) -> None:
    refund.state, refund.asked_by, refund.next_look_at = RefundState.FAILED, caller.user_id, None
    refund.failure_code, refund.failure_message = DROPPED, None
    happened(session, "refund.failed", refund, now=now, reason=refund.reason)


DOING: dict[Outcome, Callable[[Session, Books, Refund, Principal, datetime], None]] = {
    Outcome.SEND: _sent_again,
    Outcome.HANDED_BACK: handed_back,
    Outcome.DROP: _dropped,
}
