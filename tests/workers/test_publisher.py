"""The publisher: it takes every nudge at once, sends few, and survives whatever the broker does."""

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from kombu.exceptions import OperationalError

from config import publisher as publishing
from config.publisher import Publisher
from domain.kernel.jobs import Nudge

KIND = "bookings.allocate"
SOON = 5.0


class Gate:
    """A broker that lets nothing through until it is opened."""

    def __init__(self) -> None:
        self.sent: list[Nudge] = []
        self.busy = threading.Event()
        self.open = threading.Event()
        self.changed = threading.Condition()

    def __call__(self, nudge: Nudge) -> None:
        """Take a message, as `publish` would."""
        self.busy.set()
        assert self.open.wait(SOON)
        with self.changed:
            self.sent.append(nudge)
            self.changed.notify()

    def wait_for(self, count: int) -> None:
        """Return once *count* messages are through."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.sent) >= count, SOON), self.sent


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def test_nudges_of_one_lane_become_one_message_with_the_newest(gate: Gate) -> None:
    publish, lane, marker = Publisher(gate), uuid4(), Nudge(KIND, 99, uuid4())
    publish([marker])
    assert gate.busy.wait(SOON)

    publish([Nudge(KIND, number, lane) for number in range(1, 6)])
    gate.open.set()

    gate.wait_for(2)
    publish([Nudge(KIND, 100, uuid4())])
    gate.wait_for(3)
    assert [nudge.job_id for nudge in gate.sent] == [99, 5, 100]


def test_jobs_without_a_lane_are_sent_each_for_itself(gate: Gate) -> None:
    gate.open.set()

    Publisher(gate)([Nudge(KIND, number, None) for number in (1, 2, 3)])

    gate.wait_for(3)
    assert {nudge.job_id for nudge in gate.sent} == {1, 2, 3}


def test_a_broker_that_hangs_holds_up_no_caller(gate: Gate) -> None:
    publish = Publisher(gate)
    publish([Nudge(KIND, 0, uuid4())])
    assert gate.busy.wait(SOON)

    begun = time.monotonic()
    for number in range(1000):
        publish([Nudge(KIND, number, uuid4())])

    assert time.monotonic() - begun < SOON
    assert gate.sent == []


def test_a_full_waiting_room_leaves_the_rest_to_the_relay(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "FULL", 3)
    publish = Publisher(gate)
    publish([Nudge(KIND, 0, uuid4())])
    assert gate.busy.wait(SOON)

    publish([Nudge(KIND, number, uuid4()) for number in range(1, 10)])
    gate.open.set()

    gate.wait_for(4)
    publish([Nudge(KIND, 10, uuid4())])
    gate.wait_for(5)
    assert [nudge.job_id for nudge in gate.sent] == [0, 1, 2, 3, 10]


@pytest.mark.parametrize("error", [OperationalError("away"), ConnectionResetError("gone")])
def test_what_the_broker_refuses_is_offered_again_until_it_is_taken(error: Exception) -> None:
    sent = threading.Event()
    tries: list[Nudge] = []

    def send(nudge: Nudge) -> None:
        tries.append(nudge)
        if len(tries) < 3:
            raise error
        sent.set()

    nudge = Nudge(KIND, 1, uuid4())
    Publisher(send)([nudge])

    assert sent.wait(SOON)
    assert tries == [nudge] * 3


def test_of_one_lane_the_newest_is_offered_after_a_refusal() -> None:
    refused, sent, lane = threading.Event(), threading.Event(), uuid4()
    taken: list[int] = []

    def send(nudge: Nudge) -> None:
        if not refused.is_set():
            refused.set()
            raise OperationalError("away")
        taken.append(nudge.job_id)
        sent.set()

    publish = Publisher(send)
    publish([Nudge(KIND, 1, lane)])
    assert refused.wait(SOON)
    publish([Nudge(KIND, 2, lane)])

    assert sent.wait(SOON)
    assert taken == [2]


def test_a_process_that_ends_sends_what_it_has_left_first(gate: Gate) -> None:
    publish = Publisher(gate)
    publish([Nudge(KIND, number, None) for number in (1, 2, 3)])
    assert gate.busy.wait(SOON)
    flushed = threading.Thread(target=publish.flush, args=(SOON,))
    flushed.start()

    gate.open.set()
    flushed.join()

    assert {nudge.job_id for nudge in gate.sent} == {1, 2, 3}


def test_a_process_that_ends_does_not_wait_long_for_a_broker_that_hangs(gate: Gate) -> None:
    publish = Publisher(gate)
    publish([Nudge(KIND, 1, None)])
    assert gate.busy.wait(SOON)

    publish.flush(0.01)

    assert gate.sent == []
