"""Bookings asked for over HTTP until all are decided, against a bare Flask route that does the same inserts."""

import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import psycopg

from domain.kernel.ids import Kind, shown
from tests.bench.pending import DAYS, SLOTS, empty, mornings
from tests.bench.report import Line, median, rounds, spread
from tests.bench.wire import drive, request
from tests.bench.world import World, tokens, until
from tests.builders import Shop, a_shop

ROUNDS = 2
REQUESTS = 160
CONNECTIONS = 16
SHOPS = 8
ACCEPTED = 202
GOAL = 0.5
CLAIM = """
    INSERT INTO claims_alone (resource_id, footprint)
    VALUES (%s, tstzrange(%s::timestamptz, %s::timestamptz)) ON CONFLICT DO NOTHING
"""
ALONE = """
    CREATE TABLE claims_alone (resource_id uuid, footprint tstzrange,
        EXCLUDE USING gist (uuidrange(resource_id, resource_id, '[]') WITH &&, footprint WITH &&))
"""


def measure(world: World) -> Iterator[Line]:
    """Yield the rates of one caller's many requests, spread over a few businesses."""
    shops = [a_shop(resources=5) for _ in range(SHOPS)]
    (token,) = tokens([shops[0].owner])
    empty(world.database)
    world.database.execute("DROP TABLE IF EXISTS claims_alone")
    world.database.execute(ALONE)
    accepted: list[float] = []
    decided = partial(decided_per_second, world, shops, token, accepted)
    bare = partial(_bare_per_second, world, shops)
    decided(), bare()
    accepted.clear()
    ours, yardstick = rounds(ROUNDS * world.size, decided, bare)
    ratio = median(ours) / median(yardstick)
    yield Line(
        what="POST /api/bookings to decided",
        ours=spread(ours, "/s"),
        yardstick=f"bare Flask {spread(yardstick, '/s')}",
        ratio=ratio,
        goal=f">= {GOAL} x",
        is_met=ratio >= GOAL,
    )
    gist = _gist_per_second()
    yield Line(what="  accepted alone", ours=spread(accepted, "/s"), ratio=median(accepted) / median(yardstick))
    yield Line(what="  beside single gist inserts", ours="", yardstick=f"{gist:.0f} /s", ratio=median(ours) / gist)


def decided_per_second(world: World, shops: Sequence[Shop], token: str, accepted: list[float]) -> float:
    """Ask for bookings, and return their rate until the last is decided; the rate of the answers goes to *accepted*."""
    empty(world.database)
    requests = [
        request(
            "POST",
            "/api/bookings",
            token,
            {
                "business_id": shown(Kind.BUSINESS, shop.business.id),
                "service_id": shown(Kind.SERVICE, shop.service.id),
                "starts_at": start.isoformat(),
            },
        )
        for shop, start in _wishes(shops, REQUESTS * world.size)
    ]
    url = world.stack.url
    begun = time.monotonic()
    replies = drive(url, requests, CONNECTIONS)
    accepted.append(len(replies) / (time.monotonic() - begun))
    until(lambda: world.pending() == 0)
    took = time.monotonic() - begun
    world.settled()
    assert {each.status for each in replies} == {ACCEPTED}
    return len(replies) / took


def _bare_per_second(world: World, shops: Sequence[Shop]) -> float:
    empty(world.database)
    requests = [
        request(
            "POST",
            "/api/bookings",
            "",
            {
                "business_id": str(shop.business.id),
                "service_id": str(shop.service.id),
                "user_id": str(shop.owner.user_id),
                "starts_at": start.isoformat(),
            },
        )
        for shop, start in _wishes(shops, REQUESTS * world.size)
    ]
    url, _ = world.bare
    begun = time.monotonic()
    replies = drive(url, requests, CONNECTIONS)
    took = time.monotonic() - begun
    assert {each.status for each in replies} == {ACCEPTED}
    empty(world.database)
    return len(replies) / took


def _wishes(shops: Sequence[Shop], count: int) -> Iterator[tuple[Shop, datetime]]:
    """Yield the requests of a round, each for another place."""
    days = mornings(DAYS)
    for number in range(count):
        turn = number // len(shops)
        day = days[turn // SLOTS % DAYS]
        yield shops[number % len(shops)], day + turn % SLOTS * timedelta(minutes=30)


def _gist_per_second() -> float:
    """Return how many single inserts a second one connection commits into a table with nothing but the constraint."""
    begin = mornings(1)[0]
    count = 1000
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        begun = time.monotonic()
        for number in range(count):
            start = begin + timedelta(hours=number)
            connection.execute(CLAIM, (uuid4(), start, start + timedelta(minutes=30)))
        return count / (time.monotonic() - begun)
