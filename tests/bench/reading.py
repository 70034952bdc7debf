"""The CPU of `GET /api/bookings/{id}`, against bare Flask with the same token check, principal query and one SELECT."""

from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus

from config.local.procfile import Program
from domain.kernel.ids import Kind, shown
from tests.bench.pending import fill
from tests.bench.processes import cpu_seconds
from tests.bench.report import Line, median, rounds, spread
from tests.bench.wire import drive, request
from tests.bench.world import World, leader, tokens
from tests.builders import decide

ROUNDS = 3
REQUESTS = 300
CONNECTIONS = 4
MICRO = 1_000_000
GOAL = 1.5


def measure(world: World) -> Iterator[Line]:
    """Yield microseconds of a web process for each request."""
    ours, yardstick = rounds(ROUNDS * world.size, *sides(world))
    ratio = median(ours) / median(yardstick)
    yield Line(
        what="GET /api/bookings/{id}: CPU of the web",
        ours=spread(ours, "us"),
        yardstick=f"bare Flask {spread(yardstick, 'us')}",
        ratio=ratio,
        goal=f"<= {GOAL} x",
        is_met=ratio <= GOAL,
    )


def sides(world: World) -> "Sequence[partial[float]]":
    """Return the two measurements of the row, warm."""
    fill(world.database, [world.shop], 20)
    decide(world.shop)
    (row,) = world.database.execute("SELECT id FROM bookings ORDER BY accepted_no LIMIT 1").fetchall()
    (token,) = tokens([world.shop.owner])
    url, bare = world.bare
    ours = request("GET", f"/api/bookings/{shown(Kind.BOOKING, row[0])}", token)
    yardstick = request("GET", f"/api/bookings/{row[0]}", token)
    found = (
        partial(_microseconds, world.stack.url, world.stack.program("web"), ours, REQUESTS * world.size),
        partial(_microseconds, url, bare, yardstick, REQUESTS * world.size),
    )
    for each in found:
        each()
    return found


def _microseconds(url: str, program: Program, ask: bytes, count: int) -> float:
    begun = cpu_seconds(leader(program))
    replies = drive(url, [ask] * count, CONNECTIONS)
    assert {each.status for each in replies} == {HTTPStatus.OK}, replies[0].body
    return (cpu_seconds(leader(program)) - begun) / count * MICRO
