"""The task that plans by new rules what is reminded of. It sends nothing."""

from functools import partial

from config.clock import clock
from config.transaction import retried
from domain.notifications import service as notifications
from workers.leased import leased


def replan(job_id: int) -> None:
    """Plan by a business's new rules what it reminds of, a page of bookings in a transaction.

    Whoever dies leaves all of it to the next, to whom what was planned already is no work.
    """
    with leased(job_id) as job:
        if job is None:
            return
        page = partial(notifications.replan_page, job_id=job_id, business_id=job.ref_id, now=clock())
        place = None
        while place := retried(partial(page, after=place)):
            continue
