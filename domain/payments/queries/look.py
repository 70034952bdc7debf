"""Reading payments and refunds one by one."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.payments.tables import Payment, Refund


def payment(session: Session, payment_id: UUID) -> Payment | None:
    """Return a payment, whoever asks."""
    return session.get(Payment, payment_id, populate_existing=True)


def payment_by_ref(session: Session, account_id: UUID, ref: str) -> Payment | None:
    """Return the payment that an account's provider knows by a reference."""
    return session.scalar(select(Payment).where(Payment.account_id == account_id, Payment.provider_ref == ref))


def payment_for_update(session: Session, payment_id: UUID) -> Payment:
    """Lock one payment, which must exist, and return it freshly read."""
    (found,) = locks.rows_for_update(session, Payment, Payment.id == payment_id)
    return found


def refund(session: Session, refund_id: UUID) -> Refund | None:
    """Return a refund, whoever asks."""
    return session.get(Refund, refund_id, populate_existing=True)


def refund_for_update(session: Session, refund_id: UUID) -> Refund:
    """Lock one refund, which must exist, and return it freshly read."""
    (found,) = locks.rows_for_update(session, Refund, Refund.id == refund_id)
    return found
