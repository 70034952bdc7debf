"""What is to be looked up at its provider by now, whatever webhooks say; two beats never claim the same rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.payments.rules.states import State
from domain.payments.tables import Payment, Refund


def payments_due_for_update(session: Session, *, now: datetime, limit: int) -> Sequence[Payment]:
    """Lock the payments whose look is due, those that waited longest first; what somebody else holds is left to them."""
    locks.enter(session, Payment.__tablename__)
    due = select(Payment).where(Payment.next_look_at <= now).order_by(Payment.next_look_at).limit(limit)
    return session.scalars(due.with_for_update(skip_locked=True, key_share=True)).all()


def hurry_open_for_update(session: Session, account_id: UUID, *, now: datetime) -> None:
    """Lock the payments that may still be paid by an account, and have them looked at soon."""
    open_there = (Payment.account_id == account_id, Payment.state.in_({State.OPEN, State.PROCESSING}))
    for each in locks.rows_for_update(session, Payment, *open_there):
        each.next_look_at = now


def refunds_due_for_update(session: Session, *, now: datetime, limit: int) -> Sequence[Refund]:
    """Lock the refunds whose look is due, as `payments_due_for_update`."""
    locks.enter(session, Refund.__tablename__)
    due = select(Refund).where(Refund.next_look_at <= now).order_by(Refund.next_look_at).limit(limit)
    return session.scalars(due.with_for_update(skip_locked=True, key_share=True)).all()
