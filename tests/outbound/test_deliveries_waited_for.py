"""Who tests an endpoint, or has something sent again, and prefers to wait, is told what came of it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.kernel.ids import Kind, shown
from domain.webhooks.service import Made
from tests.builders import a_shop, again
from tests.flows.desk import Desk, desk
from tests.outbound.hooks import an_endpoint, deliveries, send_now, states
from tests.receivers import Receiver, until

pytestmark = pytest.mark.usefixtures("nothing_is_due")


def hooked(url: str) -> tuple[Desk, Made]:
    """Have an endpoint, and who runs its business."""
    shop = a_shop()
    return desk(again(shop.owner)), an_endpoint(shop.owner, shop.business.id, url)


def asked_at(made: Made) -> str:
    """Return where a test is asked for."""
    return f"/api/webhook-endpoints/{shown(Kind.WEBHOOK_ENDPOINT, made.row.id)}/test"


@contextmanager
def sent_once_it_is_due(made: Made) -> Iterator[None]:
    """Have somebody send what comes to be due at an endpoint."""

    def work() -> None:
        until(lambda: "due" in states(made), seconds=10)
        send_now()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_a_test_that_arrives_is_told_as_delivered() -> None:
    with Receiver() as receiver:
        who, made = hooked(receiver.url)
        begun = time.monotonic()
        with sent_once_it_is_due(made):
            answer = who.post(asked_at(made), None, Prefer="wait=20", Idempotency_Key="x1")
        assert time.monotonic() - begun < 15
    delivery = answer.get_json()
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=20")
    assert (delivery["state"], delivery["attempts"], delivery["last_error"]) == ("delivered", 1, None)
    repeated = who.post(asked_at(made), None, Idempotency_Key="x1")
    assert (repeated.status_code, repeated.get_json()) == (202, delivery)
    repeated = who.post(asked_at(made), None, Prefer="wait=20", Idempotency_Key="x1")
    assert (repeated.status_code, repeated.get_json()) == (200, delivery)
    assert repeated.headers["Idempotency-Replayed"] == "true"
    assert len(receiver.got) == 1


def test_a_test_that_fails_is_told_with_why_and_when_it_is_tried_again() -> None:
    with Receiver(500) as receiver:
        who, made = hooked(receiver.url)
        with sent_once_it_is_due(made):
            answer = who.post(asked_at(made), None, Prefer="wait=20")
    delivery = answer.get_json()
    assert answer.status_code == 200
    assert (delivery["state"], delivery["attempts"], delivery["last_error"]) == ("due", 1, "status 500")
    assert delivery["next_attempt_at"] > delivery["created_at"]


def test_what_is_sent_again_is_waited_for_until_it_was_tried_once_more() -> None:
    with Receiver(500) as receiver:
        who, made = hooked(receiver.url)
        with sent_once_it_is_due(made):
            first = who.post(asked_at(made), None, Prefer="wait=20").get_json()
        place = f"/api/webhook-deliveries/{first['id']}/redeliver"
        (tried,) = deliveries(made)  # once, or twice where sending took as long as the first wait of the schedule
        late = who.post(place, None, Prefer="wait=1")
        assert (late.status_code, late.get_json()["attempts"]) == (202, tried.attempts)
        send_now()
        with sent_once_it_is_due(made):
            answer = who.post(place, None, Prefer="wait=20")
    assert (answer.status_code, len(receiver.got)) == (200, tried.attempts + 2)
    assert (answer.get_json()["state"], answer.get_json()["attempts"]) == ("delivered", tried.attempts + 2)
    assert [each.state for each in deliveries(made)] == ["delivered"]
