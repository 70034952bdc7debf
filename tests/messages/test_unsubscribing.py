"""Having no more reminders by the link in one, and having them again: for who reads the mail of the address alone."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

from config import mail
from config.clock import clock
from config.transaction import transaction
from domain.notifications import service as notifications
from tests.application import application
from tests.builders import weekday
from tests.messages.office import DAY, HOUR, Office, an_office, text_of

START = weekday(ahead=9)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


@pytest.fixture
def client() -> FlaskClient:
    return application().test_client()


def reminded(office: Office) -> str:
    """Have a booking reminded of, and return where that is turned off."""
    office.booked(START)
    office.follow()
    office.send(at=START - DAY)
    return urlsplit(office.mails()[-1]["List-Unsubscribe"].strip("<>")).path


def test_one_click_of_a_mail_program_turns_reminders_off(office: Office, client: FlaskClient) -> None:
    place = reminded(office)
    answer = client.post(place, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    office.send(at=START - HOUR)
    assert [(each.state, each.skip_reason) for each in office.log(kind="reminder")] == [
        ("sent", None),
        ("skipped", "unsubscribed"),
    ]


def test_who_turned_reminders_off_by_mistake_turns_them_on_again(office: Office, client: FlaskClient) -> None:
    place = reminded(office)
    token = place.rpartition("/")[2]
    ask = f'action="{token}/undo"'
    assert ask not in client.get(place).text
    page = client.post(place).text
    assert f"at {office.shop.business.name} any more" in page
    undo = undoing(page)
    assert ask in client.get(place).text
    again = client.post(undo)
    assert (again.status_code, client.post(f"{undo}x").status_code) == (200, 404)
    assert "as before" in again.text
    assert ask not in client.get(place).text
    office.send(at=START - HOUR)
    assert office.told(kind="reminder") == [("reminder", "sent")] * 2


def undoing(page: str) -> str:
    """Return where a page of ours has the reminders turned on again."""
    (found,) = re.findall(r'action="(/remind-again/[^"]+)"', page)
    return str(found)


def test_whoever_has_only_the_link_that_turns_off_turns_nothing_on(office: Office, client: FlaskClient) -> None:
    """A template may say that link to whomever its business likes, and a reply quotes it."""
    place = reminded(office)
    undo = undoing(client.post(place).text)
    assert "/remind-again/" not in client.post(place).text, "they were off already"
    assert "No reminders" in client.post(undo).text, "whoever said so last may undo it, and nobody before"
    office.server.got.clear()
    asked = [client.post(f"{place}/undo") for _ in range(2)]
    assert [each.status_code for each in asked] == [200, 200]
    assert f"We have written to {office.customer.email}" in asked[0].text
    office.send(at=START - HOUR)
    assert office.told(kind="reminder") == [("reminder", "sent"), ("reminder", "skipped")]
    (letter,) = office.mails()
    link = urlsplit(re.findall(r"https?://\S+/remind-again/\S+", text_of(letter))[0]).path
    assert letter["From"].startswith("AionBooking"), "no business has a say in it"
    assert "Remind me again" in client.get(link).text
    assert "as before" in client.post(link).text
    assert "/undo" not in client.get(place).text


def test_what_turns_reminders_on_is_of_no_use_once_they_are_on(office: Office, client: FlaskClient) -> None:
    place = reminded(office)
    undo = undoing(client.post(place).text)
    client.post(undo)
    client.post(place)
    assert "No reminders" in client.post(undo).text
    for forged in ("/remind-again/x", f"{undo}x", f"/remind-again/{place.rpartition('/')[2]}"):
        assert client.post(forged).status_code == client.get(forged).status_code == 404


def test_looking_into_the_link_turns_nothing_off(office: Office, client: FlaskClient) -> None:
    answer = client.get(reminded(office))
    assert answer.status_code == 200
    assert office.customer.email in answer.text
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    office.send(at=START - HOUR)
    assert office.told(kind="reminder") == [("reminder", "sent")] * 2


def test_a_link_that_is_not_ours_is_nothing(office: Office, client: FlaskClient) -> None:
    place = reminded(office)
    middle = len(place) - 10  # the last letter of all has bits that stand for nothing
    other = place[:middle] + ("a" if place[middle] != "a" else "b") + place[middle + 1 :]
    for forged in (other, "/unsubscribe/x", f"{place}x"):
        assert client.post(forged).status_code == 404
        page = client.get(forged, headers={"Accept-Language": "ar"})
        assert (page.status_code, page.mimetype) == (404, "text/html")
        assert 'dir="rtl"' in page.text
    assert mail.unsubscribing("") is None


def test_what_follows_a_good_signature_is_on_no_page(office: Office, client: FlaskClient) -> None:
    """Base64 passes over what is none of its letters: such a link would be good still, and say what somebody likes."""
    place = reminded(office)
    undo = undoing(client.post(place).text)
    for words in ('="><h1>Call 1 900', "!!!!", "====="):
        for path in (place, undo):
            answer = client.get(path + quote(words, safe=""))
            assert (answer.status_code, "900" in answer.text) == (404, False)


def test_the_page_that_ends_reminders_speaks_as_the_business_does(office: Office, client: FlaskClient) -> None:
    place = reminded(office)
    assert '<html lang="en" dir="ltr">' in client.get(place).text
    choose = {"locale": "ar-EG"}
    with transaction() as session:
        notifications.change_message_settings(
            session, office.shop.business.id, choose, caller=office.shop.owner, now=clock()
        )
    for answer in (client.get(place), client.post(place), client.get(place), client.post(f"{place}/undo")):
        assert '<html lang="ar-EG" dir="rtl">' in answer.text
        assert office.customer.email in answer.text
        assert "emind" not in re.sub(r'action="[^"]*"', "", answer.text)
