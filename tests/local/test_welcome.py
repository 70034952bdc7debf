"""The example booking that script/server prints."""

import json
import shlex
from datetime import datetime

import pytest

from config.local.welcome import Demo, booking_line, preferred, welcome
from tests.receivers import Receiver

DEMO = Demo(email="ada@example.org", password="it's ada", business_id="biz_1", service_id="svc_1")
MORNING, AFTERNOON = (datetime.fromisoformat(f"2026-03-16T{hour}:00:00+01:00") for hour in ("09", "14"))


def test_the_demo_is_read_from_the_last_line() -> None:
    answer = {"email": "a", "password": "b", "business_id": "c", "service_id": "d"}
    assert Demo.read(f"making it\n{json.dumps(answer)}\n") == Demo(**answer)


def test_the_line_is_one_that_a_shell_takes() -> None:
    words = shlex.split(booking_line("http://127.0.0.1:8000", DEMO, "to.ken", AFTERNOON))
    assert words[:4] == ["curl", "-X", "POST", "http://127.0.0.1:8000/api/bookings"]
    assert "Authorization: Bearer to.ken" in words
    assert json.loads(words[-1]) == {
        "business_id": "biz_1",
        "service_id": "svc_1",
        "date": "2026-03-16",
        "time": "14:00",
    }


@pytest.mark.parametrize(("starts", "chosen"), [([MORNING, AFTERNOON], AFTERNOON), ([MORNING], MORNING), ([], None)])
def test_two_in_the_afternoon_is_preferred(starts: list[datetime], chosen: datetime | None) -> None:
    assert preferred(starts) == chosen


def test_an_api_that_does_not_answer_is_said_and_stops_nothing() -> None:
    lines = welcome("http://127.0.0.1:9", DEMO)
    assert lines[0] == "sign in   ada@example.org  password it's ada"
    assert lines[1].startswith("book      no example can be given: ")


def test_a_demo_whose_password_was_changed_says_so_and_how_to_have_it_back() -> None:
    with Receiver(401) as api:
        lines = welcome(api.url, DEMO)
    assert (
        lines[0] == f"sign in   ada@example.org has another password by now, and {api.url}/docs/api may sign nobody in"
    )
    assert shlex.quote(json.dumps({"email": DEMO.email})) in lines[1]
    assert f"{api.url}/api/auth/password/forgot" in lines[1]


def test_an_api_that_fails_otherwise_is_said_as_it_is() -> None:
    with Receiver(503) as api:
        lines = welcome(api.url, DEMO)
    assert lines[0] == "sign in   ada@example.org  password it's ada"
    assert "503" in lines[1]
