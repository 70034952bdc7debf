"""What is to come and is not at the wall time that was told: all of it, and nothing else."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from config.transaction import transaction
from domain.bookings import service as bookings
from domain.bookings.queries import moved_clocks as queries
from domain.bookings.rules import Another, Status
from domain.bookings.service import moved_clocks
from domain.bookings.service.request import TZDATA
from domain.bookings.tables import Booking
from domain.catalog.tables import Business
from domain.kernel.errors import NotFound
from domain.kernel.ids import Kind, shown
from tests.builders import a_request, a_shop
from tests.databases import databases
from tests.db.clocks import BEFORE, HOUR, NOW, listed, mexican, placed, surveyed, told
from tests.db.moves import change

MAY = "2023-05-10T10:00"


@pytest.fixture(scope="module", autouse=True)
def own() -> Iterator[None]:
    """Work in a database of one's own: the past that these bookings are made in is nobody else's business."""
    with pytest.MonkeyPatch.context() as patch, databases(patch):
        yield


def test_a_booking_is_listed_with_what_was_told_and_what_clocks_show() -> None:
    shop = mexican()
    booking = told(shop, MAY)

    (found,) = listed(shop)

    assert (found.told.booking_id, found.told.reschedule_id) == (booking.id, None)
    assert (found.told.local_start, found.told.timezone) == (f"{MAY}:00", shop.business.timezone)
    assert found.told.starts_at == datetime.fromisoformat(f"{MAY}-05:00")
    assert (found.shift, found.start) == (HOUR, datetime.fromisoformat(f"{MAY}-06:00").timestamp())


def test_who_was_told_what_clocks_show_is_not_listed() -> None:
    shop = mexican()
    change(placed(shop, f"{MAY}-06:00"), tzdata_version=BEFORE)
    told(shop, "2023-02-01T10:00", "-06:00")

    assert (surveyed(shop).checked, surveyed(shop).groups, listed(shop)) == (2, [], [])


def test_what_the_installed_version_wrote_is_not_even_looked_at() -> None:
    shop = mexican()
    booking = placed(shop, f"{MAY}-06:00")
    assert booking.tzdata_version == TZDATA

    assert surveyed(shop).checked == 0


@pytest.mark.parametrize("version", ["1999.9", "9999.1", f"{TZDATA}.1", TZDATA[:-1], ""])
def test_any_other_version_is_looked_at_older_or_newer(version: str) -> None:
    shop = mexican()
    change(told(shop, MAY), tzdata_version=version)

    assert len(listed(shop)) == 1


@pytest.mark.parametrize("status", [Status.AWAITING_APPROVAL, Status.AWAITING_PAYMENT, Status.CONFIRMED])
def test_what_has_a_place_is_listed(status: Status) -> None:
    shop = mexican(requires_approval=status is Status.AWAITING_APPROVAL)
    booking = told(shop, MAY)
    hold = NOW + timedelta(hours=1) if status is not Status.CONFIRMED else None
    change(booking, status=status, hold_expires_at=hold)

    assert [each.told.status for each in listed(shop)] == [status]
    assert listed(shop, NOW + timedelta(hours=1)) == [] if hold else listed(shop, NOW + timedelta(hours=1))


def test_what_is_pending_is_listed_without_an_outlook() -> None:
    shop = mexican()
    with transaction() as session:
        asked = a_request(shop, datetime.fromisoformat(f"{MAY}-05:00"))
        booking = bookings.request(session, asked, caller=shop.owner, now=NOW)
    change(booking, local_start=f"{MAY}:00", tzdata_version=BEFORE)

    (found,) = listed(shop)

    assert (found.told.status, found.outlook) == ("pending", None)


@pytest.mark.parametrize("status", sorted(set(Status) - queries.LIVE))
def test_what_has_ended_is_not(status: Status) -> None:
    shop = mexican()
    rejected = "slot_taken" if status is Status.REJECTED else None
    change(told(shop, MAY), status=status, rejection_code=rejected)

    assert surveyed(shop).checked == 0


def test_nor_is_what_has_begun() -> None:
    shop = mexican()
    start = told(shop, MAY).starts_at

    assert len(listed(shop, start - timedelta(seconds=1))) == 1
    assert listed(shop, start) == []


def test_a_place_that_is_wished_for_is_listed_beside_the_one_that_is_had() -> None:
    shop = mexican()
    booking = told(shop, MAY)
    with transaction() as session:
        wish = Another(start=datetime.fromisoformat("2023-06-01T08:00-05:00"))
        row = bookings.reschedule(session, booking.id, wish, caller=shop.owner, now=NOW)
    change(row, local_start="2023-06-01T08:00:00", tzdata_version=BEFORE)

    had, wished = listed(shop)

    assert (had.told.reschedule_id, wished.told.reschedule_id) == (None, row.id)
    assert (wished.told.booking_id, wished.shift, wished.outlook) == (booking.id, HOUR, None)
    assert had.outlook
    with transaction() as session:
        bookings.cancel(session, booking.id, caller=shop.owner, now=NOW)
    assert listed(shop) == []


def test_a_wall_time_that_clocks_skip_is_listed_though_nothing_would_move() -> None:
    shop = a_shop(timezone="Africa/Cairo", max_advance_days=1000)
    told(shop, "2023-04-28T00:30", "+02:00", overrides=("hours",))

    (found,) = listed(shop)

    assert (found.shift, found.reading.passes) == (0, ())


def test_a_booking_keeps_its_zone_when_its_business_goes_to_another() -> None:
    shop = mexican()
    told(shop, MAY)
    with transaction() as session:
        session.execute(update(Business).where(Business.id == shop.business.id).values(timezone="Asia/Tokyo"))
    change(placed(shop, f"{MAY}+09:00"), tzdata_version=BEFORE)

    assert [group.timezone for group in surveyed(shop).groups] == ["America/Mexico_City"]
    assert len(listed(shop)) == 1


def test_a_zone_that_is_not_installed_is_counted_and_hinders_nobody() -> None:
    shop = mexican()
    told(shop, MAY)
    change(told(shop, "2023-05-11T10:00"), timezone="America/Coyoacan")

    found = surveyed(shop)

    assert (found.checked, found.unknown, len(listed(shop))) == (1, {"America/Coyoacan": 1}, 1)


def test_bookings_of_an_archived_business_are_bookings() -> None:
    shop = mexican()
    told(shop, MAY)
    with transaction() as session:
        session.execute(update(Business).where(Business.id == shop.business.id).values(archived_at=NOW))
        assert queries.business(session, shop.business.slug)

    assert len(listed(shop)) == 1


def test_pages_leave_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    monkeypatch.setattr(queries, "BUSINESSES", 1)
    shops = [mexican(resources=3), mexican(resources=3)]
    for shop in shops:
        made = [told(shop, local) for local in (MAY, MAY, MAY, "2023-05-10T09:00", "2023-05-11T09:00")]
        places = sorted((each.starts_at, each.id) for each in made)
        assert [(each.told.starts_at, each.told.id) for each in listed(shop)] == places

    everybody = [each.business.id for each in listed()]

    assert [each for each in everybody if each in {shop.business.id for shop in shops}] == [
        shop.business.id for shop in shops for _ in range(5)
    ]


def test_a_business_is_found_by_slug_and_by_id_or_not() -> None:
    shop = mexican()
    with transaction() as session:
        for name in (shop.business.slug, shown(Kind.BUSINESS, shop.business.id)):
            assert moved_clocks.business_to_check(session, name).id == shop.business.id
        for name in ("nobody-s", shown(Kind.BUSINESS, shop.service.id), "biz_1"):
            with pytest.raises(NotFound):
                moved_clocks.business_to_check(session, name)


def test_the_database_and_zoneinfo_agree_on_who_is_listed() -> None:
    """Compare with the plainest judge there is: what zoneinfo shows, and what was told."""
    shop = mexican(resources=1)
    draw = random.Random(7)
    zones = ["Europe/Berlin", "America/Caracas", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]
    now = datetime(2007, 1, 1, tzinfo=UTC)
    template = placed(shop, f"{MAY}-06:00")
    judged = {}
    for _ in range(300):
        zone = draw.choice(zones)
        start = now + timedelta(minutes=draw.randrange(1, 17 * 365 * 24 * 60))
        local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(minutes=draw.choice([0, 0, 60, -30]))
        made = _copied(template, starts_at=start, timezone=zone, local_start=f"{local:%Y-%m-%dT%H:%M:%S}")
        judged[made] = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local

    found = {each.told.booking_id for each in listed(shop, now)}

    assert found == {booking_id for booking_id, is_moved in judged.items() if is_moved}


def _copied(template: Booking, **values: object) -> object:
    with transaction() as session:
        columns = {each.key: getattr(template, each.key) for each in Booking.__mapper__.column_attrs}
        for made in ("id", "accepted_no"):
            del columns[made]
        starts_at = values["starts_at"]
        assert isinstance(starts_at, datetime)
        times = {"ends_at": starts_at + timedelta(minutes=30), "tzdata_version": BEFORE}
        row = Booking(**columns | times | values)
        session.add(row)
        session.flush()
        return row.id
