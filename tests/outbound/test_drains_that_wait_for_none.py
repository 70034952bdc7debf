"""Turns: a drain never waits for the slowest of its calls, neither to begin others nor to let the next one go on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from celery.signals import worker_shutting_down

from domain.webhooks.service import MOST_EACH, Made
from tests.builders import a_business
from tests.outbound.hooks import an_endpoint, follow, happened, states
from tests.outbound.strangers import Stranger, once
from tests.receivers import Receiver, until
from workers import app, notifications, stopping, webhooks
from workers.calls import Calls

pytestmark = pytest.mark.usefixtures("nothing_is_due")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the process calls of its own, and return the tasks that are asked for."""
    told: list[str] = []
    own = Calls(webhooks.AT_ONCE)
    monkeypatch.setattr(webhooks, "calls", lambda: own)
    monkeypatch.setattr(webhooks, "ask_for", told.append)
    monkeypatch.setattr(stopping, "_go", lambda: None)  # it would end this process 25 seconds later
    for task in (webhooks, notifications):
        monkeypatch.setattr(task, "STOPPING", threading.Event())
    return told


def told(url: str, events: int) -> Made:
    """Have events be due at an endpoint, of an account of its own."""
    owner, business = a_business()
    made = an_endpoint(owner, business.id, url, "booking.*")
    happened(business.id, *["booking.confirmed"] * events)
    follow()
    return made


@contextmanager
def a_turn() -> Iterator[threading.Thread]:
    """Have a drain take its turn beside the block, which is to let it come to an end."""
    turn = threading.Thread(target=webhooks.drain)
    turn.start()
    try:
        yield turn
    finally:
        turn.join()


def test_the_next_turn_sends_what_is_due_while_the_slow_calls_of_the_last_one_are_open(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "CLAIMING", 1.0)
    answering = threading.Event()
    with Stranger(once(answering)) as slow, Receiver() as quick:
        late = told(slow.url, MOST_EACH)
        webhooks.drain()
        until(lambda: len(slow.requests) == MOST_EACH)
        monkeypatch.setattr(webhooks, "CLAIMING", 60.0)
        others = told(quick.url, 10)
        with a_turn():
            quick.wait_for(10)
            until(lambda: {*states(others)} == {"delivered"})
            assert (states(late), asked) == (["sending"] * MOST_EACH, ["webhooks.drain"])
            answering.set()

    assert {*states(late)} == {"delivered"}


def test_what_is_due_meanwhile_goes_out_in_the_same_turn(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "CLAIMING", 60.0)
    answering = threading.Event()
    with Stranger(once(answering)) as slow, Receiver() as quick:
        told(slow.url, 1)
        with a_turn():
            until(lambda: len(slow.requests) == 1)
            others = told(quick.url, 10)
            quick.wait_for(10)
            until(lambda: {*states(others)} == {"delivered"})
            answering.set()

    assert asked == []


def test_a_worker_that_is_told_to_stop_begins_nothing_more(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "CLAIMING", 60.0)
    answering = threading.Event()
    with Stranger(once(answering)) as slow:
        late = told(slow.url, 1)
        with a_turn() as turn:
            until(lambda: len(slow.requests) == 1)
            worker_shutting_down.send(sender=app.app)
            turn.join(30)
            assert not turn.is_alive()
            left = told("http://127.0.0.1:9/", 3)
            webhooks.drain()
            assert (states(left), states(late)) == (["due"] * 3, ["sending"])
            answering.set()
        until(lambda: states(late) == ["delivered"])

    assert asked == []


def test_whoever_began_them_no_more_calls_are_under_way_than_there_is_room_for() -> None:
    ending, begun = threading.Event(), threading.Semaphore(0)

    def call() -> None:
        begun.release()
        ending.wait()

    with Calls(3) as calls:
        for _ in range(2):
            calls.begin(call)
            begun.acquire()
        assert (calls.free(), calls.are_over()) == (1, False)
        ending.set()
        calls.wait_for_one(30)
        until(calls.are_over)
        assert calls.free() == 3


@pytest.mark.usefixtures("asked")
def test_what_nobody_has_foreseen_is_told_and_the_lease_of_that_try_lapses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[str] = []

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(webhooks, "signed", broken)
    monkeypatch.setattr("workers.calls.log", SimpleNamespace(exception=logged.append))
    made = told("http://127.0.0.1:9/", 2)
    with Calls(4) as calls:
        monkeypatch.setattr(webhooks, "calls", lambda: calls)
        webhooks.drain()

    assert states(made) == ["sending"] * 2
    assert logged == ["call_failed"] * 2
