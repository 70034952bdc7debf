"""Closing: a booking came to its end, so that what is open is not to be paid any more, and what was paid goes back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.kernel import jobs
from domain.kernel.plot import CLOSE
from domain.payments import queries
from domain.payments.service.conclude import conclude


def close(session: Session, booking_id: UUID, *, now: datetime) -> None:
    """Cancel what is open of a booking and promise back what is not the business's to keep; its job is done by that."""
    conclude(session, queries.books_for_update(session, booking_id), None, is_new_money=False, now=now)
    jobs.finish(session, CLOSE, [booking_id], now=now)
