"""Reminders that a customer has turned off, by the link of a mail or over the API, and on again."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from domain.kernel.ids import Kind, shown
from tests.builders import a_booking, a_user, decide, prove, weekday
from tests.flows.desk import Desk, desk
from tests.flows.guests import a_guest
from tests.messages.office import HOUR, Office, an_office

START = weekday(ahead=9)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        prove(made.customer.email)
        yield made


def wished(by: Desk, path: str, *, is_reminded: bool) -> tuple[int, object]:
    answer = by.client.put(path, json={"is_reminded": is_reminded}, headers=by.signed)
    return answer.status_code, answer.get_json().get("is_reminded", answer.get_json().get("code"))


@pytest.mark.parametrize("who", ["customer", "guest"])
def test_what_a_click_has_turned_off_is_turned_on_over_the_api(office: Office, who: str) -> None:
    booking = office.booked(START)
    office.follow()
    office.send(at=START - HOUR * 24)
    path = f"/api/bookings/{shown(Kind.BOOKING, booking.id)}/reminders"
    by = desk(office.customer) if who == "customer" else a_guest({"id": shown(Kind.BOOKING, booking.id)})
    assert by.get(path).get_json()["is_reminded"] is True
    by.client.post(urlsplit(office.mails()[-1]["List-Unsubscribe"].strip("<>")).path)
    assert by.get(path).get_json()["is_reminded"] is False
    assert wished(by, path, is_reminded=True) == wished(by, path, is_reminded=True) == (200, True)
    office.send(at=START - HOUR)
    assert office.told(kind="reminder") == [("reminder", "sent")] * 2


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
