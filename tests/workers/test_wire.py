"""The wire to the broker: what a worker holds, how often it tries to come back, and where each task goes."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import kombu
import pytest
import redis
from kombu.transport import redis as plain

import celeryconfig
from config import broker
from config.celery import QUEUES, ROUTES, celery_app
from config.settings import settings
from domain.kernel.plot import PLOT
from workers.app import app
from workers.tasks import TASKS

KINDS = sorted({kind for kinds in PLOT.values() for kind in kinds})
SECONDS = {"visibility_timeout": 300, "unacked_restore_throttle": 1, "max_retries": 0, "socket_connect_timeout": 1}


@pytest.fixture
def mailbox() -> Iterator[str]:
    """Yield the name of a queue that nobody else reads."""
    name = f"test-{uuid4().hex}"
    yield name
    with redis.Redis.from_url(settings().redis_url) as client:
        client.delete(name)


def may_take_another(transport: type[plain.Transport], mailbox: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Hold as much as is allowed, acknowledge it while Redis is away, and say whether there is room again."""
    with kombu.Connection(settings().redis_url, transport=transport) as connection:
        with kombu.Producer(connection) as producer:
            producer.publish({}, routing_key=mailbox)
        channel = connection.channel()
        channel.basic_qos(0, 1, False)  # noqa: FBT003 - kombu's: any size, one message, this channel only
        message = channel.message_to_python(channel._get(mailbox))  # noqa: SLF001 - without waiting for it
        channel.qos.append(message, message.delivery_tag)
        assert not channel.qos.can_consume()
        with monkeypatch.context() as away:
            away.setattr(plain.QoS, "_remove_from_indices", _refuse)
            with pytest.raises(redis.ConnectionError):
                message.ack()
        return bool(channel.qos.can_consume())


def _refuse(*_: object) -> None:
    raise redis.ConnectionError("away")


def test_what_cannot_be_acknowledged_does_not_make_a_worker_deaf(mailbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert may_take_another(broker.Transport, mailbox, monkeypatch)


def test_without_our_wire_it_would(mailbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not may_take_another(plain.Transport, mailbox, monkeypatch)


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_both_schemes_use_our_wire(scheme: str) -> None:
    celery_app()
    with kombu.Connection(f"{scheme}://localhost:1/0?ssl_cert_reqs=required") as connection:
        assert isinstance(connection.transport, broker.Transport)


def delays(connection: kombu.Connection, monkeypatch: pytest.MonkeyPatch, tries: int) -> list[float]:
    """Return how long a consumer pauses between its attempts to reach a broker that is not there."""
    told: list[float] = []

    def note(_: Exception, interval: float) -> None:
        told.append(interval)
        if len(told) == tries:
            raise StopIteration

    monkeypatch.setattr("kombu.utils.functional.sleep", lambda _: None)
    with connection, pytest.raises(StopIteration):
        connection.ensure_connection(note, None)
    return told


def test_a_consumer_tries_to_come_back_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = celery_app().connection_for_read("redis://127.0.0.1:1/0")

    assert max(delays(connection, monkeypatch, 20)) == broker.LONGEST_DELAY


def test_without_our_wire_its_attempts_would_grow_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(delays(kombu.Connection("redis://127.0.0.1:1/0"), monkeypatch, 20)) == 30


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_job_has_a_task(kind: str) -> None:
    assert kind in app.tasks


@pytest.mark.parametrize("tick", celeryconfig.beat_schedule.values(), ids=lambda tick: tick["task"])
def test_every_tick_has_a_task_and_expires_before_the_next(tick: dict[str, Any]) -> None:
    assert tick["task"] in app.tasks
    assert tick["options"]["expires"] <= tick["schedule"]


@pytest.mark.parametrize("name", TASKS)
def test_every_task_goes_to_a_queue_that_is_read(name: str) -> None:
    route = app.amqp.router.route({}, name)

    assert route["queue"].name in QUEUES
    assert any(name.startswith(pattern.removesuffix("*")) for pattern in ROUTES), "it would go to the default queue"


@pytest.mark.parametrize("name", sorted({*TASKS, *KINDS}))
def test_every_task_can_be_sent(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def put(_: object, queue: str, *__: object, **___: object) -> None:
        if threading.current_thread() is threading.main_thread():  # a publisher of another test may be at work
            sent.append(queue)

    monkeypatch.setattr(plain.Channel, "_put", put)

    celery_app().send_task(name, args=[1], retry=False, ignore_result=True)

    assert sent == [app.amqp.router.route({}, name)["queue"].name]


def test_a_task_without_a_queue_is_refused() -> None:
    with pytest.raises(Exception, match="nowhere"):
        celery_app().send_task("bookings.allocate", queue="nowhere", retry=False)


def test_the_settings_are_those_that_were_measured() -> None:
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.task_ignore_result) == (True, True, True)
    assert (conf.task_soft_time_limit, conf.task_time_limit) == (50, 60)
    assert (conf.worker_prefetch_multiplier, conf.worker_max_tasks_per_child) == (1, 1000)
    assert conf.broker_connection_max_retries is None
    assert conf.broker_connection_retry_on_startup is True
    assert (conf.worker_soft_shutdown_timeout, conf.accept_content) == (25, ["json"])
    assert {name: conf.broker_transport_options[name] for name in SECONDS} == SECONDS


def test_no_wait_comes_near_the_visibility_timeout() -> None:
    assert app.conf.broker_transport_options["visibility_timeout"] >= 2 * app.conf.task_time_limit
