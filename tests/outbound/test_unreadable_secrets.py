"""Secrets that cannot be read: a fault of ours, which is no failure of the receiver's, and which a rotation mends."""

from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Heard, Unheard
from domain.webhooks.rules.schedule import LONGEST_UNREADABLE, UNREADABLE
from domain.webhooks.rules.states import Failure
from domain.webhooks.service import Made
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.builders import a_business
from tests.outbound.hooks import (
    an_endpoint,
    change,
    claimed,
    deliveries,
    due_again,
    endpoint,
    follow,
    happened,
    sealed,
    send_now,
    tried,
    tries,
)
from tests.receivers import Receiver

pytestmark = pytest.mark.usefixtures("nothing_is_due")

UNREAD = b"\x01" + b"0" * 60
LOST = Unheard(failure=Failure.SECRET, detail="", milliseconds=0)
BAD = Heard(status=500, body=b"", milliseconds=1)


def told(url: str = "http://127.0.0.1:9/") -> tuple[Principal, Made]:
    """Have one event be due at an endpoint whose secret nobody can read."""
    owner, business = a_business()
    made = an_endpoint(owner, business.id, url, "booking.*")
    change(WebhookEndpoint, made, secret=UNREAD)
    happened(business.id, "booking.confirmed")
    follow()
    return owner, made


def rotated(made: Made, owner: Principal) -> str:
    with transaction() as session:
        return webhooks.rotate_secret(session, made.row.id, seal=sealed, caller=owner, now=clock()).secret


def test_one_rotation_mends_it_and_has_what_waited_sent_at_once() -> None:
    with Receiver() as receiver:
        owner, made = told(receiver.url)
        send_now()
        assert receiver.got == []
        secret = rotated(made, owner)
        send_now()
    (got,) = receiver.got
    Webhook(secret).verify(got.body, dict(got.headers))
    assert len(got.headers["webhook-signature"].split()) == 1
    (delivery,) = deliveries(made)
    assert (delivery.state, delivery.last_error) == ("delivered", None)


def test_with_a_previous_secret_alone_nothing_is_signed() -> None:
    """The receiver may have taken the new one in its place already."""
    with Receiver() as receiver:
        owner, made = told(receiver.url)
        rotated(made, owner)
        change(WebhookEndpoint, made, previous_secret=sealed(made.row.id, made.secret), secret=UNREAD)
        send_now()
    assert receiver.got == []
    assert deliveries(made)[0].last_error == "secret_unreadable"


def test_it_is_listed_and_takes_up_none_of_the_receivers_tries() -> None:
    _, made = told()
    assert tried(made, BAD).tries == 1
    delivery = tried(made, LOST, 3)
    assert (delivery.state, delivery.tries, delivery.interruptions, delivery.attempts) == ("due", 1, 3, 4)
    assert [each.error for each in tries(delivery)] == ["status", *["secret_unreadable"] * 3]


def test_the_endpoint_is_neither_failing_nor_disabled_by_it() -> None:
    _, made = told()
    for _ in range(UNREADABLE - 1):
        assert tried(made, LOST).state == "due"
        row = endpoint(made)
        assert (row.failing_since, row.failing_days, row.state) == (None, 0, "enabled")
    assert (tried(made, LOST).state, endpoint(made).state) == ("dead", "enabled")


def test_what_fails_already_goes_on_failing_no_faster() -> None:
    _, made = told()
    tried(made, BAD)
    before = endpoint(made)
    assert before.failing_day_at
    change(WebhookEndpoint, made, failing_days=5, failing_day_at=before.failing_day_at - timedelta(days=2))
    tried(made, LOST)
    assert (endpoint(made).failing_days, endpoint(made).state) == (5, "enabled")


def test_it_waits_longer_each_time_for_about_three_days_in_all() -> None:
    _, made = told()
    waits = []
    for _ in range(UNREADABLE - 1):
        before = clock()
        at = tried(made, LOST).next_attempt_at
        assert at
        waits.append(at - before)
    assert timedelta(minutes=4) < waits[0] < timedelta(minutes=6)
    assert max(waits) < LONGEST_UNREADABLE * 1.2
    assert timedelta(days=2.5) < sum(waits, timedelta()) < timedelta(days=3.5)


def test_another_end_between_starts_the_count_anew() -> None:
    _, made = told()
    tried(made, LOST, UNREADABLE - 1)
    due_again(made)
    assert len(claimed()) == 1
    change(WebhookDelivery, made, lease_until=clock())
    assert not claimed()
    (delivery,) = deliveries(made)
    assert (delivery.state, delivery.interruptions, delivery.last_error) == ("due", 1, "interrupted")
    assert tried(made, LOST).interruptions == 1
    assert tried(made, BAD).interruptions == 0


def test_whoever_waits_for_a_delivery_is_told_of_it() -> None:
    owner, made = told()
    delivery = tried(made, LOST)
    assert webhooks.was_tried(delivery)
    with transaction() as session:
        assert not webhooks.was_tried(webhooks.redeliver(session, delivery.id, caller=owner, now=clock()))


def test_what_waits_for_a_disabled_endpoint_is_dead() -> None:
    _, made = told()
    (held,) = claimed()
    change(WebhookEndpoint, made, state="disabled", disabled_reason="asked")
    with transaction() as session:
        webhooks.record(session, held, LOST, now=clock())
    assert deliveries(made)[0].state == "dead"
