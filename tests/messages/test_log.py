"""The log of messages over the API, sending one again, having no more reminders, and the mailbox."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from config import mail
from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal, Role
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, shown
from domain.notifications import service as notifications
from domain.notifications.service.sending import KEPT
from tests.application import application
from tests.builders import a_member, a_user, weekday
from tests.flows.desk import Desk, desk
from tests.messages.office import DAY, HOUR, Office, an_office, handed_to

START = weekday(ahead=9)
HOSTS = [
    *(("localhost:8000", 200), ("127.0.0.1", 200), ("[::1]:8000", 200), ("192.168.1.7:8000", 200)),
    *(("rebound.example", 404), ("127.0.0.1.rebound.example:8000", 404), ("localhost.rebound.example", 404), ("", 404)),
]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch, resources=1) as made:
        yield made


@pytest.fixture
def client() -> FlaskClient:
    return application().test_client()


def kinds(who: Desk, **query: str) -> list[str]:
    found = who.client.get("/api/notifications", query_string=query, headers=who.signed).get_json()
    return [each["kind"] for each in found["data"]]


def test_customers_see_what_was_said_to_them_and_members_everything(office: Office) -> None:
    booking = office.booked(START)
    office.post()
    owner, customer, stranger = desk(office.shop.owner), desk(office.customer), desk(a_user("Bo"))
    asked = {"booking_id": shown(Kind.BOOKING, booking.id), "state": "sent"}
    assert kinds(owner, **asked) == kinds(customer, **asked) == ["confirmed"]
    assert kinds(stranger, **asked) == []
    assert sorted(kinds(owner, state="due")) == ["received", "reminder", "reminder"]
    (row,) = office.log(kind="confirmed")
    told = customer.get(f"/api/notifications/{shown(Kind.NOTIFICATION, row.id)}").get_json()
    assert (told["address"], told["state"], told["attempts"], told["last_error"]) == (
        office.customer.email,
        "sent",
        1,
        None,
    )
    assert told["subject"].startswith("Confirmed: Cut")
    assert stranger.get(f"/api/notifications/{told['id']}").status_code == 404


def test_what_a_mail_server_says_is_told_to_members_alone(office: Office) -> None:
    office.server.rcpt.append("450 10.0.0.7 says no")
    office.booked(START)
    office.post()
    (row,) = office.log(kind="confirmed")
    place = f"/api/notifications/{shown(Kind.NOTIFICATION, row.id)}"
    assert desk(office.shop.owner).get(place).get_json()["last_error"] == "450: 10.0.0.7 says no"
    assert desk(office.customer).get(place).get_json()["last_error"] is None


def resend(office: Office, who: Principal, kind: str) -> TestResponse:
    row = office.log(kind=kind)[0]
    return desk(who).post(f"/api/notifications/{shown(Kind.NOTIFICATION, row.id)}/resend", {})


def resent(office: Office, who: Principal, kind: str) -> tuple[int, str]:
    answer = resend(office, who, kind)
    body = answer.get_json()
    return answer.status_code, body.get("code") or body["state"]


def test_the_refusal_to_send_again_says_from_when_on_it_can_be(office: Office) -> None:
    office.booked(START)
    office.post()
    first = resend(office, office.shop.owner, "confirmed").get_json()
    office.send()
    detail = resend(office, office.shop.owner, "confirmed").get_json()["detail"]
    again_at = datetime.fromisoformat(detail.rpartition(" at ")[2].rstrip("."))
    assert again_at == datetime.fromisoformat(first["created_at"]) + timedelta(minutes=10)


def test_a_message_is_sent_again_by_who_serves_the_booking(office: Office) -> None:
    office.booked(START)
    office.post()
    assert resent(office, office.customer, "confirmed") == (403, "members_only")
    assert resent(office, a_member(office.shop, Role.STAFF), "confirmed") == (403, "own_resources_only")
    assert resent(office, office.shop.owner, "confirmed") == (201, "due")
    assert resent(office, office.shop.owner, "confirmed") == (409, "resent_lately")
    assert resent(office, office.shop.owner, "reminder") == (409, "on_its_way")
    office.send()
    assert [each.again_of is None for each in office.log(kind="confirmed")] == [True, False]
    assert len(office.mails()) == len(set(office.server.ids)) == 2


def test_what_is_not_so_any_more_is_not_said_again(office: Office) -> None:
    booking = office.booked(START)
    office.post()
    office.cancel(booking, by=office.customer)
    assert resent(office, office.shop.owner, "confirmed") == (201, "due")
    office.send()
    assert office.log(kind="confirmed")[-1].skip_reason == "not_so_any_more"


@pytest.fixture
def mailbox(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    handed_to(monkeypatch, None)
    monkeypatch.setattr(mail, "mailbox", lambda: tmp_path)
    office.booked(START, notes="<script>alert(1)</script>")
    office.post()
    return tmp_path


def test_without_a_server_the_mailbox_shows_what_was_sent(mailbox: Path, client: FlaskClient) -> None:
    (file,) = mailbox.iterdir()
    listed = client.get("/mailbox").text
    assert f"/mailbox/{file.stem}" in listed
    assert "Confirmed: Cut" in listed
    page = client.get(f"/mailbox/{file.stem}")
    assert "BEGIN:VCALENDAR" in page.text
    assert re.search(r"<iframe [^>]*\bsandbox=\"", page.text)
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_the_letter_in_the_frame_may_do_nothing(mailbox: Path, client: FlaskClient) -> None:
    (file,) = mailbox.iterdir()
    framed = client.get(f"/mailbox/{file.stem}/html")
    policy = framed.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"), "and no scripts"
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Your booking is confirmed" in framed.text


def test_nothing_but_letters_is_read(mailbox: Path, client: FlaskClient) -> None:
    (mailbox.parent / "secret.eml").write_text("Subject: secret\n\nx")
    for name in ("secret", "..%2Fsecret", "%2e%2e%2fsecret", "../secret"):
        assert client.get(f"/mailbox/{name}").status_code == 404


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_the_mailbox_is_shown_to_nobody_who_comes_by_a_name_of_theirs(
    mailbox: Path, client: FlaskClient, host: str, status: int
) -> None:
    (file,) = mailbox.iterdir()
    for place in ("/mailbox", f"/mailbox/{file.stem}", f"/mailbox/{file.stem}/html"):
        assert client.get(place, headers={"Host": host}).status_code == status


def test_in_production_there_is_no_mailbox(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "mailbox", lambda: None)
    assert client.get("/mailbox").status_code == 404


def test_what_is_long_over_is_forgotten_unless_its_booking_is_ahead(office: Office) -> None:
    booking = office.booked(START)
    office.post()
    later = clock() + KEPT + DAY
    with transaction() as session:
        notifications.purged(session, now=later)
    assert ("confirmed", "sent") in office.told(), "a cancellation is to know whether the entry was sent"
    with transaction() as session:
        over = {"starts_at": clock() - DAY, "ends_at": clock() - HOUR}
        session.execute(update(Booking).where(Booking.id == booking.id).values(**over))
        notifications.purged(session, now=later)
    assert office.told(kind="confirmed") == []
