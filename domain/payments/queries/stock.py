"""How many payments and refunds there are, by state; and by how much the ledger differs from them, by currency."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.kernel.stock import Counts, by_sort
from domain.payments.queries.invariants import LEDGER_OFF, OF_LEDGER
from domain.payments.rules.states import RefundState, State
from domain.payments.tables import Payment, Refund

DIFFERENCES = text(f"SELECT currency, sum(abs({LEDGER_OFF})) AS amount {OF_LEDGER} GROUP BY currency")


def stock(session: Session) -> Counts:
    """Return the counts, and the differences in minor units, summed without regard to their sign."""
    payments = select(Payment.state, func.count()).group_by(Payment.state)
    refunds = select(Refund.state, func.count()).group_by(Refund.state)
    return {
        "payments": by_sort(session, payments, State),
        "refunds": by_sort(session, refunds, RefundState),
        "money_difference": {row.currency: int(row.amount) for row in session.execute(DIFFERENCES)},
    }
