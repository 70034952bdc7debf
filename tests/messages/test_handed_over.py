"""What is moved from one member to another: each is told, and their calendars say who serves."""

from collections.abc import Iterator

import pytest

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal, Role
from domain.bookings.tables import Booking
from domain.notifications import service as notifications
from tests.builders import a_member, a_reschedule, decide, serve, weekday
from tests.messages.office import Office, an_office, entry


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch, resources=2) as made:
        yield made


@pytest.fixture
def barbers(office: Office) -> list[Principal]:
    """Two who are told of what they serve, and a desk that is told of everything."""
    them = [a_member(office.shop, Role.STAFF), a_member(office.shop, Role.STAFF)]
    for barber, resource_id in zip(them, office.shop.resource_ids, strict=True):
        serve(barber, resource_id)
    notices = {"staff_notices": ["confirmed", "rescheduled", "cancelled"]}
    chosen = notices | {"staff_addresses": ["desk@example.com"], "tells_who_serves": True}
    with transaction() as session:
        own = office.shop.business.id
        notifications.change_message_settings(session, own, chosen, caller=office.shop.owner, now=clock())
    return them


def moved(office: Office, booking: Booking, number: int, *, ahead: int = 9) -> None:
    resource_ids = [office.shop.resource_ids[number]]
    a_reschedule(booking, weekday(ahead=ahead), by=office.shop.owner, resource_ids=resource_ids)
    decide(office.shop)


def asked_of_calendars(office: Office, address: str) -> list[str]:
    return [entry(mail)[0] for mail in office.server.to(address)]


def test_who_served_what_was_moved_to_others_is_told_so_and_has_it_taken_out_of_their_calendar(
    office: Office, barbers: list[Principal]
) -> None:
    before, after = barbers
    booking = office.booked(resource_ids=office.shop.resource_ids[:1])
    office.post()
    moved(office, booking, 1)
    office.post()

    assert asked_of_calendars(office, before.email) == ["REQUEST", "CANCEL"]
    assert asked_of_calendars(office, after.email) == ["REQUEST"]
    assert asked_of_calendars(office, "desk@example.com") == ["REQUEST", "REQUEST"]
    first, last = office.server.to(before.email)
    assert last["Subject"].startswith("A booking is no longer yours: Cut")
    in_first, in_last = (entry(mail)[1].walk("VEVENT")[0] for mail in (first, last))
    assert (in_first["UID"], in_first["SEQUENCE"] < in_last["SEQUENCE"]) == (in_last["UID"], True)


def test_they_are_told_so_though_it_is_cancelled_before_the_mail_goes_out(
    office: Office, barbers: list[Principal]
) -> None:
    booking = office.booked(resource_ids=office.shop.resource_ids[:1])
    office.post()
    moved(office, booking, 1)
    office.follow()
    office.cancel(booking, by=office.shop.owner)
    office.post()
    assert asked_of_calendars(office, barbers[0].email) == ["REQUEST", "CANCEL"]
    assert asked_of_calendars(office, "desk@example.com") == ["REQUEST", "CANCEL"]


def test_what_comes_back_before_the_mail_goes_out_was_never_gone(office: Office, barbers: list[Principal]) -> None:
    booking = office.booked(resource_ids=office.shop.resource_ids[:1])
    office.post()
    moved(office, booking, 1)
    office.follow()
    moved(office, booking, 0, ahead=10)
    office.post()
    assert asked_of_calendars(office, barbers[0].email) == ["REQUEST", "REQUEST"]
    assert office.told(kind="handed_over", address=barbers[0].email) == [("handed_over", "skipped")]


def test_of_two_moves_at_once_the_last_is_told_once(office: Office, barbers: list[Principal]) -> None:
    booking = office.booked(resource_ids=office.shop.resource_ids[:1])
    office.post()
    moved(office, booking, 0)
    moved(office, booking, 1, ahead=10)
    office.post()
    assert asked_of_calendars(office, barbers[0].email) == ["REQUEST", "CANCEL"]
    assert asked_of_calendars(office, barbers[1].email) == ["REQUEST"]
    assert asked_of_calendars(office, "desk@example.com") == ["REQUEST", "REQUEST"]
