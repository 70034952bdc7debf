"""Planning: what has happened becomes messages to be sent, which is the work of a tail; and so do new rules, of a job."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.kernel import jobs
from domain.kernel.tails import Stretch
from domain.notifications import queries
from domain.notifications.queries import Place


def plan(session: Session, stretch: Stretch, now: datetime) -> None:
    """Plan the messages that follow from some events. What was planned before is left as it is."""
    queries.plan(session, stretch, now=now)


def replan_page(
    session: Session, job_id: int, business_id: UUID, *, after: Place | None, now: datetime
) -> Place | None:
    """Plan what a business's rules, as they are now, say of its next bookings; return where to go on, None: it is over.

    The job ends after the last page, and no other one: rules that are replaced meanwhile have their own. What a rule had
    planned that is there no more stays, and is judged when it is due.
    """
    page = queries.page_of(session, business_id, after=after, now=now)
    if not page:
        jobs.finish_one(session, job_id, now=now)
        return None
    queries.plan_by_rules(session, [each.booking_id for each in page], now=now)
    return page[-1]
