"""Planning: the tail that turns what has happened into messages to be sent."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.kernel import tails
from domain.kernel.tails import Stretch
from domain.notifications import queries

TAIL = "notifications"
STRETCH = 1000
"""Events in a transaction."""


def follow(session: Session, *, now: datetime) -> bool:
    """Plan the messages that follow from the next events; tell whether there may be more events. Safe beside itself."""
    return tails.advance(session, TAIL, _plan, limit=STRETCH, now=now)


def _plan(session: Session, stretch: Stretch, now: datetime) -> None:
    queries.plan(session, stretch, now=now)
