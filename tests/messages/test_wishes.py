"""Reminders that a customer has turned off, by the link of a mail or over the API, and on again."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from domain.kernel.ids import Kind, shown
from tests.builders import a_booking, a_user, decide, prove, weekday
from tests.flows.desk import Desk, desk
from tests.flows.guests import a_guest
from tests.messages.office import HOUR, Office, an_office, text_of

START = weekday(ahead=9)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        prove(made.customer.email)
        yield made


def wished(by: Desk, path: str, *, is_reminded: bool) -> tuple[int, object]:
    answer = by.client.put(path, json={"is_reminded": is_reminded}, headers=by.signed)
    return answer.status_code, answer.get_json().get("is_reminded", answer.get_json().get("code"))


def test_what_a_click_has_turned_off_the_customer_turns_on_over_the_api(office: Office) -> None:
    booking = office.booked(START)
    office.follow()
    office.send(at=START - HOUR * 24)
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/reminders"
    by = desk(office.customer)
    assert by.get(path).get_json()["is_reminded"] is True
    by.client.post(urlsplit(office.mails()[-1]["List-Unsubscribe"].strip("<>")).path)
    assert by.get(path).get_json()["is_reminded"] is False
    assert wished(by, path, is_reminded=True) == wished(by, path, is_reminded=True) == (200, True)
    office.send(at=START - HOUR)
    assert office.told(kind="reminder") == [("reminder", "sent")] * 2


def test_a_manage_link_turns_reminders_off_and_has_a_mail_ask_to_turn_them_on(office: Office) -> None:
    """Who serves a booking can be shown its link: it proves nothing of whose the address is."""
    booking = office.booked(START)
    office.post()
    office.server.got.clear()
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/reminders"
    by = a_guest({"id": shown(Kind.BOOKING, booking.id)})
    assert wished(by, path, is_reminded=True) == (200, True)
    assert wished(by, path, is_reminded=False) == (200, False)
    assert [wished(by, path, is_reminded=True) for _ in range(2)] == [(202, False)] * 2
    assert by.get(path).get_json()["is_reminded"] is False
    office.send()
    (letter,) = office.mails()
    link = urlsplit(re.findall(r"https?://\S+/remind-again/\S+", text_of(letter))[0]).path
    by.client.post(link)
    assert by.get(path).get_json()["is_reminded"] is True
    assert office.log(kind="remind_again", state="due") == []


def test_whom_nobody_has_written_to_is_not_asked_either(office: Office) -> None:
    """A business names a stranger as a customer, and has itself shown the link."""
    booking = office.booked(START)
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/reminders"
    by = a_guest({"id": shown(Kind.BOOKING, booking.id)})
    assert [wished(by, path, is_reminded=wanted) for wanted in (False, True)] == [(200, False), (202, False)]
    office.send()
    assert office.server.got == []
    assert [each.skip_reason for each in office.log(kind="remind_again")] == ["nothing_to_say"]


def test_what_is_turned_off_over_the_api_is_not_sent(office: Office) -> None:
    booking = office.booked(START)
    office.follow()
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/reminders"
    assert wished(desk(office.customer), path, is_reminded=False) == (200, False)
    office.send(at=START - HOUR * 24)
    assert [each.skip_reason for each in office.log(kind="reminder", state="skipped")] == ["unsubscribed"]


def test_nobody_says_it_for_others(office: Office) -> None:
    booking = office.booked(START)
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/reminders"
    assert wished(desk(office.shop.owner), path, is_reminded=False) == (403, "customers_only")
    assert desk(office.shop.owner).get(path).get_json()["is_reminded"] is True


def test_whoever_has_not_proven_an_address_says_nothing_for_it(office: Office) -> None:
    """Anybody can register with it, and book."""
    squatter = a_user()
    booking = a_booking(office.shop, START, by=squatter)
    decide(office.shop)
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/reminders"
    assert wished(desk(squatter), path, is_reminded=False) == (403, "customers_only")
    prove(squatter.email)
    assert wished(desk(squatter), path, is_reminded=False) == (200, False)
