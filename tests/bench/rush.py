"""A rush: five hundred clients who ask for one slot in the same moment, and wait to be told."""

import threading
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from domain.kernel.ids import Kind, shown
from tests.bench.pending import empty, mornings
from tests.bench.report import Line, percentile
from tests.bench.wire import PATIENCE, Reply, Wire, request
from tests.bench.world import World, tokens
from tests.builders import Shop, a_shop

CLIENTS = 500
WAIT = 10
LIMIT = 2.0
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def measure(world: World) -> Iterator[Line]:
    """Yield who won and how long the slowest loser waited, for one seat and for fifty."""
    for capacity in (1, 50):
        yield _line(world, a_shop(resources=1, capacity=capacity), capacity)


def _line(world: World, shop: Shop, capacity: int) -> Line:
    empty(world.database)
    url, (token,) = world.stack.url, tokens([shop.owner])
    deadlocks = world.count(DEADLOCKS)
    told = _rush(url, shop, token)
    world.settled()
    won = [took for is_won, took in told if is_won]
    lost = [took for is_won, took in told if not is_won]
    dead = world.count(DEADLOCKS) - deadlocks
    assert len(won) == capacity, f"{len(won)} have won {capacity} seats"
    assert len(won) + len(lost) == CLIENTS, "somebody was not told"
    assert dead == 0, f"{dead} deadlocks"
    slowest = max(lost)
    return Line(
        what=f"rush, {CLIENTS} clients for {capacity} of capacity",
        ours=f"{len(won)} won, {dead} deadlocks, 0 errors",
        yardstick=f"losers told: p50 {percentile(lost, 0.5):.1f} s, slowest {slowest:.1f} s",
        goal=f"<= {LIMIT:g} s",
        is_met=slowest <= LIMIT,
    )


def _rush(url: str, shop: Shop, token: str) -> Sequence[tuple[bool, float]]:
    """Return for each client whether it has won, and after how many seconds it knew."""
    body = {
        "business_id": shown(Kind.BUSINESS, shop.business.id),
        "service_id": shown(Kind.SERVICE, shop.service.id),
        "starts_at": mornings(1)[0].isoformat(),
    }
    ask = request("POST", "/api/bookings", token, body, Prefer=f"wait={WAIT}")
    start, told = threading.Barrier(CLIENTS, timeout=PATIENCE), list[tuple[bool, float]]()

    def client() -> None:
        with Wire(url) as wire:
            start.wait()
            begun = time.monotonic()
            is_won, at = _outcome(wire, wire.ask(ask), token)
            told.append((is_won, at - begun))

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _outcome(wire: Wire, reply: Reply, token: str) -> tuple[bool, float]:
    """Look until it is decided; at once when the server had no place to wait."""
    while reply.status in {HTTPStatus.ACCEPTED, HTTPStatus.OK} and reply.json()["status"] == "pending":
        reply = wire.ask(request("GET", f"/api/bookings/{reply.json()['id']}?wait={WAIT}", token))
    if reply.status == HTTPStatus.CONFLICT:
        return False, reply.at
    assert reply.status in {HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.OK}, reply.body
    return reply.json()["status"] == "confirmed", reply.at
