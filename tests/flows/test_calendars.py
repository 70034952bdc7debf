"""Calendars over HTTP: one booking to download, and private feeds, read back by another parser."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.bookings.service import calendars
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed, shown
from tests.builders import a_booking, a_shop, a_user, decide, weekday
from tests.flows.desk import a_decided, a_wish, desk
from tests.flows.guests import a_guest
from tests.flows.subscribers import events, fetched, of_business, of_resource, read, subscribed

BO = {"name": "Bo, the second", "email": "bo@example.com", "phone": "+234 800 000 0000"}


@pytest.mark.parametrize("who", ["customer", "guest", "owner"])
def test_whoever_sees_a_booking_downloads_it(who: str) -> None:
    shop, customer = a_shop(name="Haircut"), a_user()
    booking = a_decided(shop, desk(customer))
    at = {"customer": desk(customer), "owner": desk(shop.owner), "guest": a_guest(booking)}[who]
    answer = at.get(f"/api/bookings/{booking['id']}/calendar.ics")
    (event,) = events(answer)
    assert event.uid.value == f"{booking['id']}@127.0.0.1"
    assert event.summary.value == f"Haircut, {shop.business.name}"
    assert event.dtstart.value == datetime.fromisoformat(booking["starts_at"])
    assert event.dtend.value == datetime.fromisoformat(booking["ends_at"])
    assert (event.status.value, event.sequence.value) == ("CONFIRMED", str(booking["version"]))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{booking["id"]}.ics"'


def test_a_cancelled_booking_is_the_same_event_with_a_higher_sequence() -> None:
    mine = desk(a_user())
    booking = a_decided(a_shop(), mine)
    path = f"/api/bookings/{booking['id']}/calendar.ics"
    (before,) = events(mine.get(path))
    mine.turn(booking, "cancel")
    (after,) = events(mine.get(path))
    assert (after.uid.value, after.status.value) == (before.uid.value, "CANCELLED")
    assert int(after.sequence.value) > int(before.sequence.value)


def test_the_feed_of_a_business_shows_its_members_who_comes() -> None:
    shop = a_shop(name="Haircut")
    owner = desk(shop.owner)
    owner.book(a_wish(shop, customer=BO, notes="Wants a fringe"))
    decide(shop)
    calendar = read(fetched(owner, subscribed(owner, **of_business(shop))))
    assert calendar.contents["x-wr-calname"][0].value == "Salon"
    assert calendar.vevent.summary.value == "Bo, the second: Haircut"
    assert calendar.vevent.description.value == "bo@example.com\n+234 800 000 0000\nWants a fringe"


def test_the_feed_of_a_resource_shows_that_resource_only() -> None:
    shop = a_shop(resources=2)
    owner = desk(shop.owner)
    taken = [owner.book(a_wish(shop, **of_resource(shop, number))).get_json()["id"] for number in (0, 1)]
    decide(shop)
    found = events(fetched(owner, subscribed(owner, **of_resource(shop, 1))))
    assert [each.uid.value for each in found] == [f"{taken[1]}@127.0.0.1"]


def test_ones_own_feed_shows_ones_own_bookings_wherever_they_are() -> None:
    customer = a_user()
    mine = desk(customer)
    booked = [a_decided(a_shop(), mine)["id"] for _ in range(2)]
    a_decided(a_shop(), desk(a_user()))
    found = events(fetched(mine, subscribed(mine)))
    assert {each.uid.value for each in found} == {f"{each}@127.0.0.1" for each in booked}


def test_a_feed_leaves_out_what_has_no_place_any_more() -> None:
    shop = a_shop()
    owner = desk(shop.owner)
    kept, gone, pending = (owner.book(a_wish(shop, weekday(ahead=ahead))).get_json() for ahead in (3, 10, 17))
    with transaction() as session:
        session.execute(
            update(Booking).where(Booking.id == parsed(Kind.BOOKING, pending["id"])).values(status="declined")
        )
    decide(shop)
    owner.turn(gone, "cancel")
    found = events(fetched(owner, subscribed(owner, **of_business(shop))))
    assert [each.uid.value for each in found] == [f"{kept['id']}@127.0.0.1"]


def test_a_feed_reaches_a_month_back_and_a_year_ahead_and_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop(max_advance_days=400)
    owner = desk(shop.owner)
    made = [a_booking(shop, weekday(ahead=ahead)) for ahead in (3, 10, 17, 24)]
    decide(shop)
    feed, now = subscribed(owner, **of_business(shop)), clock()
    starts = [now - timedelta(days=31), now - timedelta(days=29), now + timedelta(days=365), now + timedelta(days=367)]
    with transaction() as session:
        for booking, start in zip(made, starts, strict=True):
            row = update(Booking).where(Booking.id == booking.id)
            session.execute(row.values(starts_at=start, ends_at=start + timedelta(minutes=30)))

    def told() -> list[str]:
        return [each.uid.value.partition("@")[0] for each in events(fetched(owner, feed))]

    assert told() == [shown(Kind.BOOKING, each.id) for each in made[1:3]]
    monkeypatch.setattr(calendars, "MOST", 1)
    assert told() == [shown(Kind.BOOKING, made[2].id)]  # what is to come before what is over


def test_who_has_it_already_is_told_so_until_something_changes() -> None:
    shop = a_shop()
    owner = desk(shop.owner)
    booking = owner.book(a_wish(shop)).get_json()
    decide(shop)
    feed = subscribed(owner, **of_business(shop))
    first = fetched(owner, feed)
    again = fetched(owner, feed, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    owner.turn(booking, "cancel")
    assert fetched(owner, feed, If_None_Match=first.headers["ETag"]).status_code == 200


def test_every_time_comes_with_its_zone() -> None:
    shop = a_shop(timezone="Europe/London")
    mine = desk(a_user())
    booking = mine.book(a_wish(shop)).get_json()
    decide(shop)
    text = mine.get(f"/api/bookings/{booking['id']}/calendar.ics").text
    assert "TZID:Europe/London" in text
    begin = vobject.readOne(text).vevent.dtstart.value
    assert begin.astimezone(UTC) == datetime.fromisoformat(booking["starts_at"]).astimezone(UTC)
