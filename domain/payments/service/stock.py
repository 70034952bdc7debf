"""Taking stock of money."""

from sqlalchemy.orm import Session

from domain.kernel.stock import Counts
from domain.payments.queries import stock as queries


def stock(session: Session) -> Counts:
    """Count payments and refunds by state, and differences by currency. It reads them all."""
    return queries.stock(session)
