"""Sending: signed, tried again by the schedule, dead in the end; and endpoints that are given up."""

import socket
from datetime import timedelta

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from config.clock import clock
from config.transaction import transaction
from domain.kernel import feed
from domain.kernel.ids import Kind, shown
from domain.webhooks import service as webhooks
from domain.webhooks.rules.schedule import PATIENCE, RETRIES
from domain.webhooks.service import Made
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.builders import Shop, a_shop
from tests.outbound.hooks import (
    an_endpoint,
    change,
    deliveries,
    due_again,
    endpoint,
    follow,
    happened,
    sealed,
    send_now,
    states,
    tries,
)
from tests.outbound.strangers import Stranger, says
from tests.receivers import Receiver, until
from tests.settled import until_told
from web.schemas.events import EventView

pytestmark = pytest.mark.usefixtures("nothing_is_due")

OPEN = """
    SELECT state || ': ' || query FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
       AND application_name = 'aionbooking'
"""
"""Transactions of ours that are open."""


def told(url: str, *kinds: str) -> tuple[Shop, Made]:
    """Have one event each, of *kinds*, be due at an endpoint."""
    shop = a_shop()
    made = an_endpoint(shop.owner, shop.business.id, url, "booking.*")
    for kind in kinds or ("booking.confirmed",):
        happened(shop.business.id, kind, resource_id=str(shop.resource_ids[0]))
    follow()
    return shop, made


def test_an_event_arrives_as_the_feed_shows_it_signed_by_the_standard() -> None:
    with Receiver() as receiver:
        shop, made = told(receiver.url)
        send_now()
    (got,) = receiver.got
    (delivery,) = deliveries(made)
    until_told(shop.business.id)
    with transaction() as session:
        page = feed.read(session, shop.business.id, None, kinds=["booking.confirmed"], limit=1, now=clock())
    shown_there = EventView.of(page.events[0]).dump()

    sent = Webhook(made.secret).verify(got.body, dict(got.headers))
    assert sent == {"type": "booking.confirmed", "timestamp": shown_there["created_at"], "data": shown_there}
    assert sent["data"]["data"] == {"resource_id": shown(Kind.RESOURCE, shop.resource_ids[0])}
    assert got.headers["webhook-id"] == shown_there["id"]
    assert (delivery.state, delivery.attempts, delivery.body) == ("delivered", 1, got.body.decode())
    assert [(each.number, each.status, each.error) for each in tries(delivery)] == [(1, 200, None)]


def test_another_secret_or_a_changed_body_does_not_verify() -> None:
    with Receiver() as receiver:
        _, made = told(receiver.url)
        send_now()
    (got,) = receiver.got
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "QUJD" * 11).verify(got.body, dict(got.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(got.body + b" ", dict(got.headers))


def test_for_a_day_after_a_rotation_both_secrets_verify() -> None:
    with Receiver() as receiver:
        shop, old = told(receiver.url, "booking.confirmed", "booking.completed")
        with transaction() as session:
            new = webhooks.rotate_secret(session, old.row.id, seal=sealed, caller=shop.owner, now=clock())
        with transaction() as session:
            (first, second) = (each.id for each in deliveries(old))
            session.get_one(WebhookDelivery, second).next_attempt_at = clock() + timedelta(hours=1)
        send_now()
        change(WebhookEndpoint, old, previous_until=clock())
        due_again(old)
        send_now()
    during, after = receiver.got

    for secret in (old.secret, new.secret):
        Webhook(secret).verify(during.body, dict(during.headers))
    assert len(during.headers["webhook-signature"].split()) == 2
    Webhook(new.secret).verify(after.body, dict(after.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(old.secret).verify(after.body, dict(after.headers))
    assert first != second


def test_what_fails_is_tried_by_the_schedule_under_the_same_id_and_is_then_dead() -> None:
    with Receiver(*[500] * 20) as receiver:
        _, made = told(receiver.url)
        waits = []
        for _ in range(len(RETRIES) + 3):
            before = clock()
            send_now()
            (delivery,) = deliveries(made)
            if delivery.next_attempt_at:
                waits.append((delivery.next_attempt_at - clock(), delivery.next_attempt_at - before))
            due_again(made)

    for (least, most), planned in zip(waits, RETRIES, strict=True):  # sending takes as long as it takes
        assert least <= planned * 1.1
        assert most >= planned * 0.9
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("dead", 8, "status 500")
    assert [each.status for each in tries(delivery)] == [500] * 8
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert len({got.body for got in receiver.got}) == 1
    assert [got.headers["webhook-timestamp"] for got in receiver.got] != []


def test_before_its_time_nothing_is_tried_again() -> None:
    with Receiver(500) as receiver:
        _, made = told(receiver.url)
        send_now()
        send_now()

    assert len(receiver.got) == 1
    assert states(made) == ["due"]


@pytest.mark.parametrize(
    ("seconds", "wait"), [("3600", timedelta(hours=1)), ("12345678901234567", PATIENCE)], ids=["an hour", "for ever"]
)
def test_retry_after_is_honoured_within_patience(seconds: str, wait: timedelta) -> None:
    with Stranger(says(503, Retry_After=seconds)) as stranger:
        _, made = told(stranger.url)
        send_now()
    (delivery,) = deliveries(made)
    assert delivery.next_attempt_at
    assert wait - timedelta(minutes=1) < delivery.next_attempt_at - clock() <= wait


def test_410_disables_an_endpoint_at_once_and_says_so() -> None:
    with Receiver(410) as receiver:
        shop, made = told(receiver.url, "booking.confirmed", "booking.completed", "booking.cancelled")
        send_now(at_once=1)

    row = endpoint(made)
    assert (row.state, row.disabled_reason) == ("disabled", "gone")
    assert len(receiver.got) == 1
    assert states(made) == ["dead"] * 3
    assert sorted(str(each.last_error) for each in deliveries(made)) == ["endpoint_disabled"] * 2 + ["status 410"]
    until_told(shop.business.id)
    with transaction() as session:
        page = feed.read(session, shop.business.id, None, kinds=["webhook_endpoint.disabled"], limit=9, now=clock())
    assert [each.payload["reason"] for each in page.events] == ["gone"]


def days_later(made: Made, days: int) -> None:
    """Let the failures of an endpoint be so much older, and what waits be tried now."""
    row, ago = endpoint(made), timedelta(days=days)
    assert row.failing_since
    assert row.failing_day_at
    change(WebhookEndpoint, made, failing_since=row.failing_since - ago, failing_day_at=row.failing_day_at - ago)
    due_again(made)


def test_failures_on_all_of_five_days_disable_an_endpoint() -> None:
    with Receiver(*[500] * 6) as receiver:
        _, made = told(receiver.url)
        send_now()
        for _ in range(5):
            assert endpoint(made).state == "enabled"
            days_later(made, 1)
            send_now()

    row = endpoint(made)
    assert (row.state, row.disabled_reason, states(made)) == ("disabled", "failing", ["dead"])


def test_two_failures_with_days_of_silence_between_disable_nothing() -> None:
    with Receiver(500, 500) as receiver:
        _, made = told(receiver.url)
        send_now()
        days_later(made, 6)
        send_now()

    assert (len(receiver.got), endpoint(made).state, states(made)) == (2, "enabled", ["due"])


def test_one_success_ends_the_failing() -> None:
    with Receiver(500) as receiver:
        _, made = told(receiver.url)
        send_now()
        days_later(made, 5)
        send_now()

    assert (endpoint(made).failing_since, endpoint(made).state, states(made)) == (None, "enabled", ["delivered"])


def test_a_secret_that_cannot_be_read_is_told_and_nothing_is_sent() -> None:
    with Receiver() as receiver:
        _, made = told(receiver.url)
        change(WebhookEndpoint, made, secret=b"\x01" + b"0" * 60)
        send_now()
    (delivery,) = deliveries(made)

    assert (receiver.got, delivery.state, delivery.last_error) == ([], "due", "secret_unreadable")


def test_no_transaction_is_open_while_a_receiver_is_called() -> None:
    """Those that claim meanwhile come and go; one that was open for the call would stay."""

    def is_none_open() -> bool:
        with transaction() as session:
            return not session.scalars(text(OPEN)).all()

    def look(connection: socket.socket, stranger: Stranger) -> None:
        until(is_none_open)
        seen.append(True)
        says(200)(connection, stranger)

    seen: list[bool] = []
    with Stranger(look) as stranger:
        told(stranger.url)
        send_now()
    assert seen == [True]
