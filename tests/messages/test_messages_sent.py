"""Sending: what becomes of a message that is refused, that nobody takes, or whose worker dies; and by how many at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config.clock import clock
from domain.notifications.rules.retrying import PATIENCE, PAUSE, TRIES
from tests.builders import weekday
from tests.messages.office import HOUR, Office, an_office, handed_to
from tests.messages.sink import reset


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


def test_what_is_refused_for_good_is_given_up(office: Office) -> None:
    office.server.rcpt.append("550 nobody of that name")
    office.booked()
    office.post()
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.last_error, row.attempts) == ("failed", "550: nobody of that name", 1)
    office.send(at=clock() + HOUR)
    assert office.mails() == []


def test_what_is_refused_for_now_is_tried_again_later(office: Office) -> None:
    office.server.rcpt.append("450 greylisted")
    office.booked()
    office.post()
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.last_error) == ("due", "450: greylisted")
    office.send()
    assert office.mails() == []
    office.send(at=clock() + timedelta(seconds=61))
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.last_error, row.attempts, len(office.mails())) == ("sent", None, 2, 1)


def test_what_nobody_takes_for_days_is_given_up(office: Office) -> None:
    office.booked(weekday(ahead=9))
    office.follow()
    for tried in range(TRIES):
        assert office.told(kind="confirmed") == [("confirmed", "due")], "whatever has kept it for three days"
        office.server.rcpt.append("450 greylisted")
        office.send(at=clock() + PATIENCE + HOUR * tried)
    assert office.told(kind="confirmed") == [("confirmed", "failed")]


def test_while_nobody_is_there_one_letter_is_tried_and_all_wait(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours in range(3):
        office.booked(weekday(ahead=9) + timedelta(hours=hours / 2))
    office.follow()
    with monkeypatch.context() as patch:
        handed_to(patch, None, "smtp://127.0.0.1:1?starttls=never")
        office.send()
        office.send()
        assert len([row for row in office.log() if row.last_error]) == 1, "one is tried, and all wait"
        for later in range(100):
            office.send(at=clock() + 2 * PAUSE * (later + 1))
    rows = [row for row in office.log() if row.kind == "confirmed"]
    assert len(rows) >= 2
    assert {(row.state, row.attempts) for row in rows} == {("due", 0)}, "an outage is no try, however long it is"
    office.send()
    assert not office.mails(), "the pause is not over"
    office.send(at=clock() + timedelta(hours=4))
    assert len(office.mails()) == len(rows)


def test_a_line_that_is_cut_in_between_costs_nothing_but_time(office: Office) -> None:
    office.server.data.append(reset)
    office.booked()
    office.post()
    assert office.told(kind="confirmed") == [("confirmed", "due")]
    office.send(at=clock() + HOUR)
    assert len(office.mails()) == 1


def test_without_a_server_mail_lands_in_the_mailbox(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    handed_to(monkeypatch, None)
    monkeypatch.setattr("config.mail.mailbox", lambda: tmp_path)
    office.booked()
    office.post()
    (row,) = office.log(kind="confirmed")
    (file,) = tmp_path.iterdir()
    assert (row.state, file.suffix) == ("sent", ".eml")


def test_in_production_without_a_server_mail_waits(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_to(monkeypatch, None)
    monkeypatch.setattr("config.mail.mailbox", lambda: None)
    office.booked()
    office.post()
    (row,) = office.log(kind="confirmed")
    assert (row.state, str(row.last_error).partition(":")[0]) == ("due", "no_mail_server")
