"""Taking stock of what is sent to endpoints."""

from sqlalchemy.orm import Session

from domain.kernel.stock import Counts
from domain.webhooks.queries import stock as queries


def stock(session: Session) -> Counts:
    """Count deliveries and endpoints by state, and tries by outcome. It reads them all."""
    return queries.stock(session)
