"""What is written down when a letter was not taken: whatever the server said, and however often it may have come."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.clock import clock
from domain.notifications.rules.retrying import UNSURE
from domain.notifications.service import failed
from tests.builders import weekday
from tests.messages.office import HOUR, Office, an_office
from tests.messages.sink import reset
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
