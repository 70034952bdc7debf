"""Looking at payments and refunds, as far as the caller may see them: whoever sees the booking sees its money."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import service as bookings
from domain.kernel.errors import NotFound
from domain.kernel.periods import Period
from domain.payments import queries
from domain.payments.rules.schedule import FIRST
from domain.payments.rules.states import RefundState, State
from domain.payments.service.facts import advance
from domain.payments.tables import Payment, Refund

WAITED_FOR = frozenset({State.CREATING})
UNDERWAY = frozenset({RefundState.PENDING, RefundState.SENT})
FRESH = timedelta(seconds=5)


class Sought(NamedTuple):
    """Which payments to list; None: whatever theirs is."""

    booking_id: UUID | None = None
    business_id: UUID | None = None
    provider: str | None = None
    state: str | None = None
    provider_ref: str | None = None


def seen(session: Session, payment_id: UUID, *, caller: Principal) -> Payment:
    """Return a payment of a booking that the caller sees. Errors: NotFound."""
    found = queries.payment(session, payment_id)
    if found is None:
        raise NotFound(what="payment")
    try:
        bookings.seen(session, found.booking_id, caller=caller)
    except NotFound:
        raise NotFound(what="payment") from None
    return found


def found(
    session: Session, sought: Sought, made: Period, *, caller: Principal, after: UUID | None, limit: int
) -> Sequence[Payment]:
    """Return the payments sought among those that the caller sees, the newest first, before the id *after*."""
    return queries.payments(
        session,
        sought._asdict(),
        made,
        seen_by=caller.user_id,
        businesses=caller.roles.keys(),
        before=after,
        limit=limit,
    )


def refunds_of(
    session: Session, payment_id: UUID, made: Period, *, caller: Principal, after: UUID | None, limit: int
) -> Sequence[Refund]:
    """Return a page of the refunds of a payment, the first first. Errors: NotFound."""
    return queries.refunds_of(session, seen(session, payment_id, caller=caller).id, made, after=after, limit=limit)


def refund_of(session: Session, refund_id: UUID, *, caller: Principal) -> Refund:
    """Return a refund of a payment that the caller sees. Errors: NotFound."""
    found = queries.refund(session, refund_id)
    if found is None:
        raise NotFound(what="refund")
    seen(session, found.payment_id, caller=caller)
    return found


def is_settled(session: Session, refund_id: UUID) -> bool:
    """Tell whether a refund has come to its end by now, or waits for a person."""
    refund = queries.refund(session, refund_id)
    return refund is None or refund.state not in UNDERWAY


def is_told(session: Session, payment_id: UUID) -> bool:
    """Tell whether a payment is made possible by now, or has come to nothing."""
    payment = queries.payment(session, payment_id)
    return payment is None or payment.state not in WAITED_FOR


def has_moved(session: Session, before: Payment) -> bool:
    """Tell whether a payment was looked at, or moved on, since it was read."""
    payment = queries.payment(session, before.id)
    return payment is None or (payment.version, payment.looks) != (before.version, before.looks)


def look_soon(session: Session, payment_id: UUID, *, now: datetime) -> None:
    """Have a payment looked up in a minute, by its row: its provider was away when it was heard of."""
    payment = queries.payment_for_update(session, payment_id)
    payment.next_look_at = now + FIRST


def look_again(session: Session, payment_id: UUID, *, caller: Principal, now: datetime) -> Payment | None:
    """Have a payment looked up at its provider at once; None: no provider has it, or it was just looked up.

    Locks the payment. Errors: NotFound.
    """
    payment = queries.payment_for_update(session, seen(session, payment_id, caller=caller).id)
    if payment.account_id is None or (payment.refreshed_at is not None and now - payment.refreshed_at < FRESH):
        return None
    payment.refreshed_at = now
    advance(session, payment, now=now)
    return payment
