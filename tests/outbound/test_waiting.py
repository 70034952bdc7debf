"""When somebody is asked to send, what is forgotten after a month, and where a new installation begins."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import delete, select

from config.clock import clock
from config.transaction import DatabaseAway, transaction
from domain.webhooks import service as webhooks
from domain.webhooks.service import MOST_EACH, Made, deliver, switching
from domain.webhooks.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.builders import a_business
from tests.db.schemas import NOON, alembic, an_empty_database, read, run, written
from tests.outbound.hooks import (
    an_endpoint,
    change,
    claimed,
    deliveries,
    due_again,
    follow,
    happened,
    send_now,
    states,
)
from tests.receivers import Receiver
from workers import maintenance
from workers import webhooks as tasks

pytestmark = pytest.mark.usefixtures("nothing_is_due")


def told(events: int = 1, url: str = "http://127.0.0.1:9/") -> Made:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, url, "booking.*")
    happened(business.id, *["booking.confirmed"] * events)
    follow()
    return made


def sending(until: datetime) -> dict[str, Any]:
    return {"state": "sending", "next_attempt_at": None, "leased_by": "somebody", "lease_until": until}


@pytest.mark.parametrize(
    ("delivery", "endpoint", "drains"),
    [
        ({}, {}, 1),
        ({"next_attempt_at": NOON.replace(year=2099)}, {}, 0),
        ({}, {"state": "disabled", "disabled_reason": "gone"}, 0),
        ({"state": "dead", "next_attempt_at": None, "finished_at": NOON}, {}, 0),
        (sending(NOON.replace(year=2099)), {}, 0),
        (sending(NOON.replace(year=2020)), {}, 1),
    ],
    ids=["due", "later", "disabled", "dead", "being sent", "lapsed"],
)
def test_a_drain_is_asked_for_when_something_can_be_sent(
    delivery: dict[str, Any], endpoint: dict[str, Any], drains: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks, "ask_for", asked.append)
    made = told()
    change(WebhookDelivery, made, **delivery)
    change(WebhookEndpoint, made, **endpoint)
    tasks.nudge()

    assert asked == ["webhooks.drain"] * drains


def test_for_an_endpoint_that_has_its_tries_under_way_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks, "ask_for", asked.append)
    told(MOST_EACH + 1)
    with transaction() as session:
        assert len(webhooks.claim(session, "somebody", limit=10, now=clock())) == MOST_EACH
    tasks.nudge()

    assert asked == []


def test_an_answer_that_cannot_be_written_down_leads_to_the_same_event_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one window in which a receiver is told twice: it knows the event by its id."""

    def away(*_: object, **__: object) -> bool:
        raise DatabaseAway("gone between the call and the record")

    with Receiver() as receiver:
        made = told(url=receiver.url)
        with monkeypatch.context() as patched:
            patched.setattr(webhooks, "record", away)
            send_now()
        assert [each.state for each in deliveries(made)] == ["sending"]
        send_now()
        assert len(receiver.got) == 1
        change(WebhookDelivery, made, lease_until=clock())
        send_now()
        due_again(made)
        send_now()

    (delivery,) = deliveries(made)
    assert (delivery.state, delivery.attempts) == ("delivered", 2)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1 < len(receiver.got)


def test_a_month_after_its_end_a_delivery_is_forgotten_with_its_tries() -> None:
    with Receiver() as receiver:
        old, young, waiting = told(url=receiver.url), told(url=receiver.url), told()
        change(
            WebhookDelivery, waiting, next_attempt_at=clock() + timedelta(days=1), created_at=NOON.replace(year=2020)
        )
        send_now()
    change(WebhookDelivery, old, finished_at=clock() - timedelta(days=31))
    change(WebhookDelivery, young, finished_at=clock() - timedelta(days=29))
    maintenance.purge()

    assert [len(deliveries(each)) for each in (old, young, waiting)] == [0, 1, 1]
    with transaction() as session:
        assert len(session.scalars(select(WebhookAttempt)).all()) == 1


def test_a_backlog_too_large_to_be_buried_at_once_is_buried_by_the_purge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the job that is there for it be dead: nobody runs it here."""
    monkeypatch.setattr(deliver, "BATCH", 5)
    monkeypatch.setattr(switching, "AT_ONCE", 5)
    with Receiver(410) as receiver:
        made, other = told(22, url=receiver.url), told(3)
        change(WebhookDelivery, other, next_attempt_at=clock() + timedelta(days=1))
        send_now(at_once=1)
    at_once = Counter(each.state for each in deliveries(made))
    send_now()
    maintenance.purge()

    assert (at_once, len(receiver.got)) == ({"dead": 6, "due": 16}, 1)
    assert Counter(each.state for each in deliveries(made)) == {"dead": 22}
    assert Counter(each.state for each in deliveries(other)) == {"due": 3}


def test_what_was_deleted_is_gone_for_good_once_nothing_is_left_of_it() -> None:
    made, other = told(), told()
    for each in (made, other):
        change(WebhookEndpoint, each, state="deleted")
    with transaction() as session:
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == made.row.id))
    maintenance.purge()

    with transaction() as session:
        assert session.scalars(select(WebhookEndpoint.id)).all() == [other.row.id]


def test_an_installation_that_is_upgraded_tells_nobody_of_what_was_before() -> None:
    with an_empty_database() as url:
        assert alembic(url, "upgrade", "0007").returncode == 0
        for _ in range(3):
            written(url, "events", kind="booking.confirmed", payload=Jsonb({}))
        assert alembic(url, "upgrade", "head").returncode == 0
        (tail,) = read(url, "SELECT xid::text, event_id FROM tails WHERE name = 'webhooks'")
        (last,) = read(url, "SELECT xid::text, id FROM events ORDER BY events.xid DESC, id DESC LIMIT 1")
    assert tail == last


def test_the_schema_before_this_is_refused_where_there_are_endpoints() -> None:
    with an_empty_database() as url:
        assert alembic(url, "upgrade", "head").returncode == 0
        business = written(url, "businesses", account_id=written(url, "accounts"))
        written(url, "webhook_endpoints", business_id=business, state="enabled", secret=b"sealed")
        refused = alembic(url, "downgrade", "0007")
        assert refused.returncode != 0
        assert "webhook endpoints, which the schema before this cannot keep" in refused.stderr
        run(url, "DELETE FROM webhook_endpoints")
        assert alembic(url, "downgrade", "0007").returncode == 0


def test_what_waited_for_a_disabled_endpoint_does_not_come_out_of_order_once_it_is_enabled() -> None:
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "http://127.0.0.1:9/", "booking.*")
    happened(business.id, "booking.confirmed", "booking.cancelled")
    follow()
    change(WebhookEndpoint, made, state="disabled", disabled_reason="failing")
    with transaction() as session:
        webhooks.enable_endpoint(session, made.row.id, caller=owner, now=clock())
    assert states(made) == ["dead"] * 2
    assert not claimed()
