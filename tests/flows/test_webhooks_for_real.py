"""Webhooks with every process running: what happens arrives, whoever of those who send dies or stands still."""

import secrets
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from config.local.places import place_at
from tests.builders import weekday
from tests.outbound.strangers import Stranger, is_silent
from tests.receivers import Got, Receiver, until
from tests.servers import untouched
from tests.stack import Caller, Stack

SECONDS = 60  # the machine is shared


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with (
        untouched() as environment,
        Stack(place_at(tmp_path_factory.mktemp("stack")), {**environment, "ENVIRONMENT": "test"}) as stack,
    ):
        yield stack


@pytest.fixture
def ada(stack: Stack) -> Iterator[Caller]:
    with Caller(stack.url, f"ada-{secrets.token_hex(4)}") as ada:
        yield ada


@pytest.fixture
def wish(ada: Caller) -> dict[str, str]:
    return {**ada.shop("Ada's Salon"), "date": weekday().date().isoformat(), "time": "14:00"}


def hook(ada: Caller, wish: dict[str, str], url: str) -> dict[str, Any]:
    made: dict[str, Any] = ada.made(
        "/api/webhook-endpoints", business_id=wish["business_id"], url=url, types=["booking.*"]
    )
    return made


def arrived(receiver: Receiver, *kinds: str) -> list[Got]:
    until(lambda: {*kinds} <= {*receiver.names()}, SECONDS)
    return receiver.got


def test_a_booking_arrives_signed_from_its_request_to_its_confirmation(ada: Caller, wish: dict[str, str]) -> None:
    with Receiver() as receiver:
        made = hook(ada, wish, receiver.url)
        booking = ada.call("POST", "/api/bookings", json=wish).json()["id"]
        got = arrived(receiver, "booking.requested", "booking.confirmed")

    for each in got:
        assert Webhook(made["secret"]).verify(each.body, dict(each.headers))["data"]["subject"]["id"] == booking
    events = ada.call("GET", "/api/events", params={"business_id": wish["business_id"]}).json()["data"]
    assert {each.event["data"]["id"] for each in got} <= {each["id"] for each in events}


def test_without_beat_what_happens_arrives(stack: Stack, ada: Caller, wish: dict[str, str]) -> None:
    """The relay in each worker's main process follows the events, too."""
    stack.signal("beat", signal.SIGSTOP)
    try:
        with Receiver() as receiver:
            hook(ada, wish, receiver.url)
            ada.call("POST", "/api/bookings", json=wish)
            arrived(receiver, "booking.requested", "booking.confirmed")
    finally:
        stack.signal("beat", signal.SIGCONT)


def test_while_a_receiver_is_silent_bookings_are_decided_and_others_are_told(ada: Caller, wish: dict[str, str]) -> None:
    with Receiver() as receiver, Stranger(is_silent) as silent:
        hook(ada, wish, silent.url)
        ada.call("POST", "/api/bookings", json=wish)
        until(lambda: bool(silent.requests), SECONDS)
        hook(ada, wish, receiver.url)
        later = wish | {"time": "15:00"}
        decided = ada.call("POST", "/api/bookings", json=later, headers={"Prefer": "wait=20"}).json()
        arrived(receiver, "booking.requested", "booking.confirmed")

    assert decided["status"] == "confirmed"


@pytest.mark.chaos
def test_a_worker_that_is_killed_loses_nothing(stack: Stack, ada: Caller, wish: dict[str, str]) -> None:
    with Receiver() as receiver:
        hook(ada, wish, receiver.url)
        for count, time in enumerate(("10:00", "11:00", "12:00"), 1):
            ada.call("POST", "/api/bookings", json=wish | {"time": time})
            stack.signal("outside", signal.SIGKILL)
            until(lambda enough=count: receiver.names().count("booking.confirmed") >= enough, SECONDS * 2)
        listed = {"business_id": wish["business_id"], "limit": 100}
        until(lambda: _over(ada, listed), SECONDS * 2)


def _over(ada: Caller, listed: dict[str, Any]) -> bool:
    found = ada.call("GET", "/api/webhook-deliveries", params=listed).json()["data"]
    return {each["state"] for each in found} == {"delivered"}
