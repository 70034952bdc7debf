"""Planning: what has happened becomes messages to be sent. It is the work of a tail."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.kernel.tails import Stretch
from domain.notifications import queries


def plan(session: Session, stretch: Stretch, now: datetime) -> None:
    """Plan the messages that follow from some events. What was planned before is left as it is."""
    queries.plan(session, stretch, now=now)
