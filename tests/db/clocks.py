"""What tests of moved clocks share: a day on which a country had just changed its clocks, and bookings from before.

Mexico gave up summer time on 30 October 2022. Who had booked for the next May had been told times by the old rules, an
hour ahead of those that clocks show.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range

from config.transaction import reading, retried, transaction
from domain.bookings import service as bookings
from domain.bookings.service import moved_clocks
from domain.bookings.service.moved_clocks import MovedClock, Survey
from domain.bookings.tables import Booking
from domain.catalog.tables import Business, Schedule, TimeOff
from tests.builders import Shop, a_request, a_shop
from tests.db.moves import change

NOW = datetime.fromisoformat("2022-11-07T12:00Z")
MEXICO = "America/Mexico_City"
BEFORE = "2022.4"  # some version that is not installed
HOUR = 3600


def mexican(*, resources: int = 0, **more: Any) -> Shop:  # noqa: ANN401
    """Open a shop in Mexico, around the clock."""
    shop = a_shop(timezone=MEXICO, resources=resources, **{"max_advance_days": 1000, "slot_interval_minutes": 5} | more)
    opened(shop, 0, 24)
    return shop


def opened(shop: Shop, start: int, end: int, resource_id: UUID | None = None) -> None:
    """Open a shop, or a resource of it, from one full hour to another of every day."""
    weekly = [[day, start * 60, end * 60] for day in range(7)]
    with transaction() as session:
        if resource_id:
            session.add(Schedule(business_id=shop.business.id, resource_id=resource_id, weekly=weekly, overrides={}))
            return
        session.execute(update(Schedule).where(Schedule.business_id == shop.business.id).values(weekly=weekly))


def placed(shop: Shop, instant: str, **more: Any) -> Booking:  # noqa: ANN401
    """Book an instant, and decide."""
    with transaction() as session:
        asked = a_request(shop, datetime.fromisoformat(instant), **more)
        made = bookings.request(session, asked, caller=shop.owner, now=NOW)
    retried(lambda session: bookings.allocate(session, shop.business.id, now=NOW))
    with transaction() as session:
        found = session.get_one(Booking, made.id)
        assert found.status not in {"pending", "rejected"}, found.rejection_code
    return found


def told(shop: Shop, local: str, offset: str = "-05:00", **more: Any) -> Booking:  # noqa: ANN401
    """Book a wall time by rules that are no more."""
    made = placed(shop, f"{local}{offset}", **more)
    change(made, local_start=f"{local}:00", tzdata_version=BEFORE)
    return made


def away(shop: Shop, start: str, end: str, resource_id: UUID | None = None) -> None:
    """Close a shop, or a resource of it, between two instants."""
    during = Range(datetime.fromisoformat(start), datetime.fromisoformat(end))
    with transaction() as session:
        session.add(TimeOff(business_id=shop.business.id, resource_id=resource_id, during=during))


def surveyed(shop: Shop | None = None, now: datetime = NOW) -> Survey:
    """Survey what a shop, or everybody, has to come."""
    with reading() as session:
        business = session.get_one(Business, shop.business.id) if shop else None
        return moved_clocks.survey(session, business, now=now)


def listed(shop: Shop | None = None, now: datetime = NOW) -> Sequence[MovedClock]:
    """List what is not at the wall time that was told."""
    with reading() as session:
        groups = surveyed(shop, now).groups
        return [each for group in groups for each in moved_clocks.of_group(session, group, now=now)]
