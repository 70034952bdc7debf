"""From acceptance to decision while nothing else is going on, against a Celery task that does nothing."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

import psycopg

from domain.bookings.rules import DECIDED
from domain.kernel.ids import Kind, parsed, shown
from tests.bench.noop import BEGUN, QUEUE, app, begin, redis
from tests.bench.pending import DAYS, SLOTS, empty, mornings
from tests.bench.report import Line, milliseconds, percentile
from tests.bench.wire import Wire, request
from tests.bench.world import World, tokens
from tests.builders import Shop, a_shop

BLOCKS, EACH = 4, 20
PAUSE = 0.02  # between two bookings: low load
PATIENCE = 10
P50, TIMES = 0.025, 3
CREATED = "SELECT created_at FROM bookings WHERE id = %s"
WORKER = f"exec celery --app tests.bench.noop worker --loglevel warning --without-gossip --without-mingle --concurrency 1 --queues {QUEUE}"


def measure(world: World) -> Iterator[Line]:
    """Yield p50 and p99 of both, block by block in turn."""
    empty(world.database)
    shop = a_shop(resources=1)
    (token,) = tokens([shop.owner])
    world.program("noop", WORKER)
    starts = iter([day + slot * timedelta(minutes=30) for day in mornings(DAYS) for slot in range(SLOTS)])
    ours: list[float] = []
    noop: list[float] = []
    app.conf.broker_url = os.environ["REDIS_URL"]
    with Wire(world.stack.url) as wire:
        _begun(5), _decided(wire, shop, token, [next(starts) for _ in range(5)])  # warm
        for _ in range(BLOCKS * world.size):
            ours += _decided(wire, shop, token, [next(starts) for _ in range(EACH)])
            noop += _begun(EACH)
    world.settled()
    p50, p99, limit = percentile(ours, 0.5), percentile(ours, 0.99), TIMES * percentile(noop, 0.99)
    yield Line(
        what="accepted to decided, one at a time",
        ours=milliseconds(ours),
        yardstick=f"no-op {milliseconds(noop)}",
        ratio=p99 / percentile(noop, 0.99),
        goal=f"p50 <= {P50 * 1000:.0f} ms, p99 <= {TIMES} x",
        is_met=p50 <= P50 and p99 <= limit,
    )


def _decided(wire: Wire, shop: Shop, token: str, starts: Sequence[datetime]) -> list[float]:
    """Return the seconds from a booking's `created_at`, before its commit, to the word that it is decided."""
    took = []
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as listener:
        listener.execute(f"LISTEN {DECIDED}".encode())
        for start in starts:
            body = {
                "business_id": shown(Kind.BUSINESS, shop.business.id),
                "service_id": shown(Kind.SERVICE, shop.service.id),
                "starts_at": start.isoformat(),
            }
            reply = wire.ask(request("POST", "/api/bookings", token, body))
            assert reply.status == HTTPStatus.ACCEPTED, reply.body
            (note,) = listener.notifies(timeout=PATIENCE, stop_after=1)
            now = time.time()
            booking_id = parsed(Kind.BOOKING, reply.json()["id"])
            assert booking_id is not None
            assert note.payload == booking_id.hex
            row = listener.execute(CREATED, (booking_id,)).fetchone()
            assert row is not None
            took.append(now - row[0].timestamp())
            time.sleep(PAUSE)
    return took


def _begun(count: int) -> list[float]:
    """Return the seconds from `delay()` to the task's begin."""
    took = []
    for _ in range(count):
        begin.delay(time.time())
        found = redis().blpop([BEGUN], timeout=PATIENCE * 3)
        assert isinstance(found, list | tuple), "the no-op worker does not answer"
        took.append(float(found[1]))
        time.sleep(PAUSE)
    return took
