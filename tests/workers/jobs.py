"""What tests of the workers ask of the job table."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.bookings.tables import Booking
from domain.kernel.jobs import Job
from tests.builders import Shop


def job_of(booking: Booking) -> Job:
    """Return the latest job that is to decide a booking, or its reschedule, as it stands."""
    mine = select(Job).where(Job.ref_id == booking.id, Job.kind == "bookings.allocate")
    with transaction() as session:
        return session.scalars(mine.order_by(Job.id.desc()).limit(1)).one()


def lapse(shop: Shop, *, behind: timedelta = timedelta(days=1)) -> None:
    """Let every lease of a lane run out, as if time had gone by: of a job that was tried before, last, as in real life.

    A longer *behind* is swept earlier.
    """
    with transaction() as session:
        ready = update(Job).where(Job.lane == shop.business.id, Job.state == "ready")
        lapsed = clock() - behind + Job.attempts * timedelta(seconds=1)
        session.execute(ready.values(lease_until=lapsed, leased_by=None))


def statuses(*bookings: Booking) -> list[str]:
    """Return where bookings stand, in the order given."""
    wanted: list[UUID] = [booking.id for booking in bookings]
    with transaction() as session:
        rows = session.execute(select(Booking.id, Booking.status).where(Booking.id.in_(wanted)))
        found = {row.id: row.status for row in rows}
    return [found[each] for each in wanted]
