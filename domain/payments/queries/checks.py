"""What the checks of money found when they were last made."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.payments.rules.states import RefundState, State
from domain.payments.tables import MoneyCheck, Payment, Refund


def keep_checks(session: Session, found: Mapping[str, int], *, now: datetime) -> None:
    """Keep how many differences each check found, instead of what it found before."""
    rows = [{"name": name, "differences": count, "checked_at": now} for name, count in sorted(found.items())]
    made = insert(MoneyCheck).values(rows)
    kept = {"differences": made.excluded.differences, "checked_at": made.excluded.checked_at}
    session.execute(made.on_conflict_do_update(index_elements=["name"], set_=kept))


def last_checks(session: Session) -> Sequence[MoneyCheck]:
    """Return what each check found last."""
    return session.scalars(select(MoneyCheck).order_by(MoneyCheck.name)).all()


def left_to_somebody(session: Session) -> Mapping[str, int]:
    """Return how many payments are in review, and how many refunds need a person."""
    review = select(func.count()).where(Payment.state == State.REVIEW)
    attention = select(func.count()).where(Refund.state == RefundState.ATTENTION)
    return {"review": session.scalars(review).one(), "attention": session.scalars(attention).one()}
