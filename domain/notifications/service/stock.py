"""Taking stock of messages."""

from sqlalchemy.orm import Session

from domain.kernel.stock import Counts
from domain.notifications.queries import stock as queries


def stock(session: Session) -> Counts:
    """Count messages by state. It reads them all."""
    return queries.stock(session)
