"""Facts about payments, refunds and disputes: a new version, with its event and the jobs that follow."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import queries as bookings
from domain.kernel import audit, events, jobs
from domain.kernel.changes import fresh
from domain.kernel.plot import ADVANCE, REPAY
from domain.payments.tables import Dispute, Payment, Refund


def happened(
    session: Session, kind: str, subject: Payment | Refund | Dispute, *, now: datetime, **payload: object
) -> None:
    """Raise the version of a locked row that was changed, and tell of it; whoever waits for a refund is woken."""
    subject.version += 1
    if isinstance(subject, Refund):
        bookings.announce(session, [subject.id])
    told(session, kind, subject, now=now, **payload)


def told(session: Session, kind: str, subject: Payment | Refund | Dispute, *, now: datetime, **payload: object) -> None:
    """Tell of a row as it is now."""
    subject.updated_at = now
    session.flush()
    about: dict[str, Any] = {"booking_id": subject.booking_id, "amount": subject.amount, "currency": subject.currency}
    fact = events.Fact(
        kind=kind,
        business_id=subject.business_id,
        subject_id=subject.id,
        subject_version=subject.version,
        payload=about | payload,
        request_id=getattr(subject, "request_id", None),
    )
    events.record(session, [fact], now=now)


def noted(
    session: Session, caller: Principal, action: str, subject: Payment | Refund, *, now: datetime, **told: object
) -> None:
    """Write down in the audit log that somebody did something about money, and what there is to tell of that."""
    where = subject.business_id
    audit.record(session, caller.actor, action, subject.id, business_id=where, changes=fresh(told), now=now)


def advance(session: Session, payment: Payment, *, now: datetime) -> None:
    """Have a payment brought on at its provider."""
    jobs.add(session, [jobs.Order(kind=ADVANCE, ref_id=payment.id, request_id=payment.request_id)], now=now)


def repay(session: Session, refund: Refund, *, now: datetime) -> None:
    """Have a refund brought on at its provider."""
    jobs.add(session, [jobs.Order(kind=REPAY, ref_id=refund.id, request_id=refund.request_id)], now=now)
