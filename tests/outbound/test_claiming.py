"""Claiming: no try is made twice, a slow endpoint holds up nobody, and what a dead worker held is sent again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import TextClause, text

from config.clock import clock
from config.transaction import transaction
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Claimed, Heard
from domain.webhooks.queries import claim
from domain.webhooks.service import MOST_EACH, Made, deliver
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.builders import a_business
from tests.outbound.hooks import (
    an_endpoint,
    change,
    claimed,
    crowd,
    deliveries,
    due_again,
    endpoint,
    follow,
    happened,
    send_now,
    states,
    tries,
)
from tests.outbound.strangers import Stranger, once
from tests.races.rivals import together
from tests.receivers import Receiver, until
from tests.servers import ROOT
from workers.webhooks import deliver as deliver_one

pytestmark = pytest.mark.usefixtures("nothing_is_due")

RIVALS = 8
GOOD = Heard(status=200, body=b"", milliseconds=1)


def rush(endpoints: int, events: int) -> list[Claimed]:
    """Let rivals claim all at once, once each; return what they got."""
    crowd(endpoints, events)
    return [each for got in together(*[claimed] * RIVALS) for each in got]


def test_rivals_never_claim_the_same_try_nor_more_of_an_endpoint_than_it_has_room_for() -> None:
    for _ in range(10):
        got = rush(3, 30)
        assert len({each.delivery_id for each in got}) == len(got) > 0
        assert max(Counter(each.endpoint_id for each in got).values()) <= MOST_EACH


def test_without_the_lock_the_race_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(statement: TextClause, guard: str) -> TextClause:
        assert guard in statement.text
        return text(statement.text.replace(guard, ""))

    monkeypatch.setattr(
        claim, "WITH_ROOM", without(claim.WITH_ROOM, "FOR NO KEY UPDATE OF account, endpoint SKIP LOCKED")
    )
    monkeypatch.setattr(claim, "TAKE", without(claim.TAKE, " AND delivery.state = 'due'"))
    again = 0
    for _ in range(10):
        got = rush(3, 30)
        again += len(got) - len({each.delivery_id for each in got})

    assert again > 0


def test_all_is_claimed_in_the_end_a_few_of_each_endpoint_at_a_time() -> None:
    made = crowd(3, 10)
    rounds = []
    while got := claimed(100):
        rounds.append(Counter(each.endpoint_id for each in got))
        with transaction() as session:
            webhooks.record(session, got[0], GOOD, now=clock())
        for each in got[1:]:
            with transaction() as session:
                assert webhooks.record(session, each, GOOD, now=clock())

    assert [set(each.values()) for each in rounds] == [{4}, {4}, {2}]
    assert {state for each in made for state in states(each)} == {"delivered"}


def test_where_there_is_room_for_few_every_endpoint_has_its_turn() -> None:
    crowd(5, 10)
    got = claimed(10)
    assert len({each.endpoint_id for each in got}) == len(got) == 5


def test_an_endpoint_that_failed_last_gets_one_try_at_a_time() -> None:
    (made,) = crowd(1, 10)
    change(WebhookEndpoint, made, failing_since=clock())
    assert len(claimed()) == 1
    assert len(claimed()) == 0


def test_what_is_written_down_by_who_no_longer_holds_it_is_not_true() -> None:
    (made,) = crowd(1, 1)
    (late,) = claimed()
    change(WebhookDelivery, made, lease_until=clock() - timedelta(seconds=1))
    assert not claimed()
    due_again(made)
    (anew,) = claimed()
    with transaction() as session:
        assert webhooks.record(session, late, GOOD, now=clock()) is False
    assert states(made) == ["sending"]
    with transaction() as session:
        assert webhooks.record(session, anew, GOOD, now=clock()) is True

    assert states(made) == ["delivered"]
    assert [(each.number, each.error) for each in tries(deliveries(made)[0])] == [(1, "interrupted"), (2, None)]


def test_who_comes_to_its_call_too_late_leaves_it_to_the_next() -> None:
    (made,) = crowd(1, 1)
    (held,) = claimed()
    called = []
    change(WebhookDelivery, made, lease_until=clock() + timedelta(seconds=10))
    late = Claimed(**{name: getattr(held, name) for name in held.__slots__} | {"lease_until": clock()})
    deliver_one(late, lambda call: called.append(call) or GOOD)  # type: ignore[func-returns-value]

    assert called == []
    assert states(made) == ["sending"]


def slow_and_quick(check: Callable[[Stranger, Receiver], None]) -> tuple[Made, Made]:
    """Send to an endpoint that answers nothing until *check* is done, and to one behind it that does at once."""
    owner, business = a_business()
    released = threading.Event()
    with Stranger(once(released)) as slow, Receiver() as quick:
        first = an_endpoint(owner, business.id, slow.url, "booking.*")
        happened(business.id, *["booking.confirmed"] * 30)
        follow()
        second = an_endpoint(owner, business.id, quick.url, "booking.*")
        happened(business.id, *["booking.cancelled"] * 30)
        follow()
        sending = threading.Thread(target=lambda: send_now(at_once=16))
        sending.start()
        try:
            check(slow, quick)
        finally:
            released.set()
            sending.join()
    return first, second


def test_a_slow_endpoint_delays_nobody_else() -> None:
    """All that is for the other arrives while the slow one has answered nothing, though its own was due first."""

    def check(slow: Stranger, quick: Receiver) -> None:
        quick.wait_for(30)
        assert len(slow.requests) == MOST_EACH

    first, second = slow_and_quick(check)
    assert set(states(first) + states(second)) == {"delivered"}


def test_without_room_of_its_own_a_slow_endpoint_would_delay_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: soon all threads wait for the slow one, and nothing more arrives at the other."""
    monkeypatch.setattr(deliver, "MOST_EACH", 100)

    def check(slow: Stranger, quick: Receiver) -> None:
        until(lambda: len(slow.requests) == 8)
        arrived = len(quick.got)
        time.sleep(0.5)
        assert len(quick.got) == arrived < 30

    slow_and_quick(check)


def a_drain() -> subprocess.Popen[bytes]:
    """Start a process of its own that sends what is due."""
    code = "from workers.webhooks import drain; drain()"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"ENVIRONMENT": "test"})


def test_a_worker_that_is_killed_while_it_sends_loses_nothing() -> None:
    """Killed five times in the midst of it; what it held is sent again under the same ids, and nothing else is."""
    owner, business = a_business()
    with Receiver() as receiver:
        slow = an_endpoint(owner, business.id, receiver.url, "booking.*")
        released = threading.Event()
        with Stranger(once(released)) as stuck:
            change(WebhookEndpoint, slow, url=stuck.url)
            happened(business.id, *["booking.confirmed"] * 40)
            follow()
            for round_no in range(1, 4):
                process = a_drain()
                until(lambda enough=round_no * MOST_EACH: len(stuck.requests) >= enough, 60)
                process.send_signal(signal.SIGKILL)
                process.wait()
                assert Counter(states(slow)) == {"due": 36, "sending": 4}
                expire(slow)
            change(WebhookEndpoint, slow, url=receiver.url)
        until(lambda: a_drain().wait() == 0 and "due" not in states(slow), 60)

    ids = {got.headers["webhook-id"] for got in receiver.got}
    assert (len(ids), len(receiver.got)) == (40, 40)
    assert Counter(states(slow)) == {"delivered": 40}
    errors = Counter(each.error for delivery in deliveries(slow) for each in tries(delivery))
    assert errors == {None: 40, "interrupted": 3 * MOST_EACH}
    assert endpoint(slow).failing_since is None


def expire(made: Made) -> None:
    """Let the leases of whatever is being sent to an endpoint lapse."""
    with transaction() as session:
        lapse = "UPDATE webhook_deliveries SET lease_until = now() WHERE endpoint_id = :id AND state = 'sending'"
        session.execute(text(lapse), {"id": made.row.id})
