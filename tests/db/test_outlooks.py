"""What keeping a wall time would mean: for hours and time off, and for those who move as well."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from config.transaction import transaction
from domain.availability.tables import Claim
from domain.bookings.queries import moved_clocks as queries
from domain.bookings.service.outlook import Outlook
from domain.bookings.tables import Booking
from domain.catalog.tables import Service
from tests.builders import Shop, a_service
from tests.claims import Claim as Written
from tests.databases import Databases, databases
from tests.db.clocks import BEFORE, HOUR, NOW, away, listed, mexican, opened, placed, told
from tests.db.moves import change

MAY = "2023-05-10T10:00"
AN_HOUR_ON = "2023-05-10T11:00"  # by the old rules; where what was told 10:00 would come to be


@pytest.fixture(scope="module", autouse=True)
def own() -> Iterator[Databases]:
    """Work in a database of one's own: the past that these bookings are made in is nobody else's business."""
    with pytest.MonkeyPatch.context() as patch, databases(patch) as made:
        yield made


def outlook(shop: Shop, booking: Booking, now: datetime = NOW) -> Outlook:
    (found,) = [each.outlook for each in listed(shop, now) if each.told.id == booking.id]
    assert found
    return found


def meets(shop: Shop, booking: Booking) -> Sequence[UUID]:
    return outlook(shop, booking).meets


def test_nothing_is_in_the_way_of_who_is_alone() -> None:
    shop = mexican()
    booking = told(shop, MAY)

    assert outlook(shop, booking) == Outlook(
        stands_outside_hours=False, moves_outside_hours=False, moves_into_time_off=False, meets=[]
    )


def test_who_stays_is_met() -> None:
    shop = mexican()
    booking, other = told(shop, MAY), placed(shop, f"{AN_HOUR_ON}-05:00")
    placed(shop, "2023-05-10T11:30-05:00")

    assert meets(shop, booking) == [other.id]


def test_who_moves_as_well_is_not_met_where_they_are_but_where_they_will_be() -> None:
    shop = mexican()
    first, second = told(shop, MAY), told(shop, AN_HOUR_ON)
    assert (meets(shop, first), meets(shop, second)) == ([], [])

    # Had both been told noon, they would meet at noon.
    change(second, local_start="2023-05-10T12:00:00")
    change(first, local_start="2023-05-10T12:00:00")
    assert (meets(shop, first), meets(shop, second)) == ([second.id], [first.id])


@pytest.mark.parametrize("size", [1, 2, 5000])
def test_nor_if_they_are_on_another_page(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", size)
    shop = mexican()
    row = [told(shop, f"2023-05-10T{hour}:00") for hour in (10, 11, 12, 13)]
    stays = placed(shop, "2023-05-10T14:00-05:00")

    assert [meets(shop, each) for each in row] == [[], [], [], [stays.id]]


def test_who_moves_by_a_day_is_met_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 1)
    shop = mexican()
    booking, other = told(shop, MAY), placed(shop, "2023-05-11T23:00-06:00")
    change(other, local_start="2023-05-10T10:15:00", tzdata_version=BEFORE)

    assert (meets(shop, booking), meets(shop, other)) == ([other.id], [booking.id])


def test_other_resources_are_not_met() -> None:
    shop = mexican(resources=2)
    booking = told(shop, MAY, resource_ids=(shop.resource_ids[0],))
    placed(shop, f"{AN_HOUR_ON}-05:00", resource_ids=(shop.resource_ids[1],))

    assert meets(shop, booking) == []


def test_who_has_several_resources_is_judged_on_each(own: Databases) -> None:
    shop = mexican(resources=2)
    booking = told(shop, MAY, resource_ids=(shop.resource_ids[0],))
    other = placed(shop, f"{AN_HOUR_ON}-05:00", resource_ids=(shop.resource_ids[1],))
    place = {"resource_id": shop.resource_ids[1], "service_id": shop.service.id}
    with own.connected() as connection:
        Written(booking_id=booking.id, start=booking.starts_at, **place).write(connection)  # type: ignore[arg-type]
    opened(shop, 0, 10, shop.resource_ids[1])

    found = outlook(shop, booking)

    assert (found.meets, found.moves_outside_hours) == ([other.id], True)


def test_buffers_are_kept() -> None:
    shop = mexican(buffer_after_minutes=10)
    booking, other = told(shop, MAY), placed(shop, "2023-05-10T11:40-05:00")
    assert meets(shop, booking) == []

    change(booking, local_start="2023-05-10T10:05:00")
    assert meets(shop, booking) == [other.id]


@pytest.mark.parametrize(("capacity", "others"), [(3, 0), (2, 1), (1, 1)])
def test_seats_are_shared(capacity: int, others: int) -> None:
    shop = mexican(capacity=3)
    booking, other = told(shop, MAY, party=2), placed(shop, f"{AN_HOUR_ON}-05:00")
    with transaction() as session:
        session.execute(update(Service).where(Service.id == shop.service.id).values(capacity=capacity))

    assert meets(shop, booking) == [other.id][:others]


def test_another_service_does_not_share() -> None:
    shop = mexican(capacity=3)
    booking = told(shop, MAY)
    offered, _ = a_service(shop.owner, shop.business.id, capacity=3, max_advance_days=1000)
    other = placed(Shop(shop.owner, shop.business, offered, ()), f"{AN_HOUR_ON}-05:00")

    assert meets(shop, booking) == [other.id]


def test_a_hold_that_has_lapsed_is_in_nobodys_way() -> None:
    shop = mexican(requires_approval=True)
    other = placed(shop, f"{AN_HOUR_ON}-05:00")
    booking = told(shop, MAY)
    later = NOW + timedelta(minutes=10)
    assert meets(shop, booking) == [other.id]

    change(other, hold_expires_at=later)
    with transaction() as session:
        session.execute(update(Claim).where(Claim.booking_id == other.id).values(expires_at=later))

    assert outlook(shop, booking, later).meets == []


def test_who_has_begun_does_not_move_any_more() -> None:
    shop = mexican()
    first, second = told(shop, MAY), told(shop, "2023-05-10T10:30")
    change(second, local_start="2023-05-10T09:15:00")  # to keep that, it would begin while the first is at it

    later = first.starts_at + timedelta(minutes=1)

    assert outlook(shop, second, later).meets == [first.id]


@pytest.mark.parametrize(
    ("opens", "closes", "outside"),
    [(9, 11, (False, False)), (10, 11, (True, False)), (9, 10, (False, True)), (12, 13, (True, True))],
)
def test_hours_are_those_of_the_new_rules(opens: int, closes: int, outside: tuple[bool, bool]) -> None:
    shop = mexican()
    booking = told(shop, MAY)  # clocks show 09:00
    opened(shop, opens, closes)

    found = outlook(shop, booking)

    assert (found.stands_outside_hours, found.moves_outside_hours) == outside


def test_hours_of_a_resource_go_before_those_of_the_business() -> None:
    shop = mexican(resources=1)
    booking = told(shop, MAY)
    opened(shop, 12, 13)
    opened(shop, 10, 11, shop.resource_ids[0])

    found = outlook(shop, booking)

    assert (found.stands_outside_hours, found.moves_outside_hours) == (True, False)


def test_time_off_is_met_by_buffers_too_and_only_where_it_is() -> None:
    shop = mexican(resources=2, buffer_before_minutes=10)
    booking, other = (told(shop, MAY, resource_ids=(each,)) for each in shop.resource_ids)
    away(shop, "2023-05-10T15:45Z", "2023-05-10T15:50Z", shop.resource_ids[0])
    assert [outlook(shop, each).moves_into_time_off for each in (booking, other)] == [False, False]

    away(shop, "2023-05-10T15:45Z", "2023-05-10T15:51Z", shop.resource_ids[0])
    assert [outlook(shop, each).moves_into_time_off for each in (booking, other)] == [True, False]

    away(shop, "2023-05-10T16:29Z", "2023-05-11T00:00Z")
    assert [outlook(shop, each).moves_into_time_off for each in (booking, other)] == [True, True]


def test_what_would_have_begun_by_now_is_told_by_its_start() -> None:
    shop = mexican()
    booking = told(shop, MAY, "-07:00")

    (found,) = listed(shop, booking.starts_at - timedelta(minutes=30))

    assert (found.shift, found.start) == (-HOUR, booking.starts_at.timestamp() - HOUR)
