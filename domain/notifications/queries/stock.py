"""How many messages there are, by state."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.kernel.stock import Counts, by_sort
from domain.notifications.rules.notices import MessageState
from domain.notifications.tables import Notification


def stock(session: Session) -> Counts:
    """Return the counts of half a year."""
    messages = select(Notification.state, func.count()).group_by(Notification.state)
    return {"messages": by_sort(session, messages, MessageState)}
