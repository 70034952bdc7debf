"""A first day at a business, with every process running: web, worker and beat, over HTTP."""

import http.client
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from config.local.places import place_at
from tests.builders import weekday
from tests.servers import untouched
from tests.stack import Caller, Stack
from web.parsing import BODY_BYTES

WAIT = {"Prefer": "wait=10"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with (
        untouched() as environment,
        Stack(place_at(tmp_path_factory.mktemp("stack")), environment) as stack,
    ):
        yield stack


@pytest.fixture(scope="module")
def ada(stack: Stack) -> Iterator[Caller]:
    with Caller(stack.url, f"ada-{secrets.token_hex(4)}") as ada:
        yield ada


@pytest.fixture
def wish(ada: Caller) -> dict[str, str]:
    """Return what a customer of a business that has just been opened asks for."""
    return {**ada.shop("Ada's Salon"), "date": weekday().date().isoformat(), "time": "14:00"}


def test_from_availability_to_a_confirmed_booking(ada: Caller, wish: dict[str, str]) -> None:
    question = {"service_id": wish["service_id"], "date": wish["date"]}
    starts = [slot["starts_at"] for slot in ada.call("GET", "/api/availability", params=question).json()["slots"]]
    assert f"{wish['date']}T14:00:00+01:00" in starts

    accepted = ada.call("POST", "/api/bookings", json=wish)

    assert (accepted.status_code, accepted.json()["status"]) == (202, "pending")
    decided = ada.call("GET", accepted.headers["Location"], params={"wait": 10}).json()
    assert decided["status"] == "confirmed"
    left = [slot["starts_at"] for slot in ada.call("GET", "/api/availability", params=question).json()["slots"]]
    assert sorted({*starts} - {*left}) == [decided["starts_at"]]


def test_who_prefers_to_wait_is_told_the_decision(ada: Caller, wish: dict[str, str]) -> None:
    answer = ada.call("POST", "/api/bookings", json=wish, headers=WAIT)

    assert (answer.status_code, answer.json()["status"]) == (201, "confirmed")
    assert answer.headers["Preference-Applied"] == "wait=10"


def test_the_second_is_refused_and_may_have_any_of_the_alternatives(ada: Caller, wish: dict[str, str]) -> None:
    assert ada.call("POST", "/api/bookings", json=wish, headers=WAIT).status_code == 201

    refused = ada.call("POST", "/api/bookings", json=wish, headers=WAIT)

    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["reasons"]) == (409, "slot_taken", ["busy"])
    assert problem["alternatives"]
    place = {name: wish[name] for name in ("business_id", "service_id")}
    for alternative in problem["alternatives"]:
        assert ada.call("POST", "/api/bookings", json=place | alternative, headers=WAIT).status_code == 201


@pytest.mark.parametrize("path", ["/api/nothing", "/api/bookings", "/api/payments/%C0%80/review"])
def test_a_body_that_a_refusal_did_not_wait_for_is_not_the_next_request(stack: Stack, path: str) -> None:
    line = http.client.HTTPConnection(urlsplit(stack.url).netloc, timeout=5)
    for _ in range(3):
        line.request("POST", path, body=b'{"a": 1}', headers={"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        assert (answer.status in {401, 404}, answer.getheader("Connection")) == (True, None)
    line.request("POST", path, body=b"x" * (BODY_BYTES + 10))
    assert line.getresponse().getheader("Connection") == "close"
    line.close()
