"""What is written down when a letter was not taken: whatever the server said, and however often it may have come."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from config.clock import clock
from config.transaction import DatabaseAway, patiently
from domain.notifications.rules.retrying import LEASE, UNSURE
from domain.notifications.service import failed
from tests.builders import weekday
from tests.messages.office import HOUR, Office, an_office
from tests.messages.sink import TAKEN, reset
from workers import notifications


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        made.booked(weekday(ahead=9))
        made.follow()
        yield made


def test_only_tries_that_may_have_come_count_as_such(office: Office) -> None:
    office.server.rcpt += ["450 greylisted"] * UNSURE
    for hours in range(UNSURE):
        office.send(at=clock() + hours * HOUR)
    office.server.data += [reset] * UNSURE
    for hours in range(UNSURE):
        assert [each.state for each in office.log(kind="confirmed")] == ["due"], "it may have come too seldom"
        office.send(at=clock() + (UNSURE + hours) * HOUR)
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.unsure, row.attempts) == ("failed", UNSURE, 2 * UNSURE)


def test_whatever_a_server_says_is_written_down(office: Office) -> None:
    office.server.rcpt.append("450 grey\x00\x1blisted")
    office.send()
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.last_error, row.attempts, row.deaths) == ("due", "450: greylisted", 1, 0)


def test_an_error_that_cannot_be_written_down_ends_neither_the_letter_nor_the_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.booked(weekday(ahead=16))
    office.follow()
    office.server.rcpt.append("550 nobody of that name")
    broken: list[Exception] = []

    def fragile(*given: Any, **more: Any) -> object:  # noqa: ANN401 - as it is
        if not broken:
            broken.append(more["error"])
            raise ValueError("cannot be written")
        return failed(*given, **more)

    monkeypatch.setattr(notifications.notifications, "failed", fragile)
    office.send()
    rows = [(each.state, each.last_error, each.deaths) for each in office.log(kind="confirmed")]
    assert sorted(rows, key=str) == [("due", "not_noted: Refused", 0), ("sent", None, 0)]


@pytest.mark.parametrize(("verb", "answer"), [("sent", TAKEN), ("failed", "550 nobody of that name")])
def test_what_became_of_a_letter_is_written_down_once_the_database_is_back(
    office: Office, monkeypatch: pytest.MonkeyPatch, verb: str, answer: str
) -> None:
    office.server.rcpt.append(answer)
    work, tries = getattr(notifications.notifications, verb), list[int]()

    def cut_off(*given: Any, **more: Any) -> object:  # noqa: ANN401 - as it is
        tries.append(1)
        if len(tries) == 1:
            raise DatabaseAway("restarting")
        return work(*given, **more)

    monkeypatch.setattr(notifications.notifications, verb, cut_off)
    office.send()
    (row,) = office.log(kind="confirmed")
    assert (row.state, row.deaths, len(tries)) == (verb, 0, 2)


def test_who_waits_for_the_database_gives_up_before_the_lease_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        tries.append(time.monotonic())
        raise DatabaseAway("gone")

    tries: list[float] = []
    until = time.monotonic() + 1
    monkeypatch.setattr("config.transaction.SOON", 0.05)
    with pytest.raises(DatabaseAway):
        patiently(away, until=until)
    assert len(tries) > 2
    assert max(tries) < until
    assert notifications.TURN < notifications.HELD < LEASE.total_seconds() - 10
