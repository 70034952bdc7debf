"""Memory of web, both workers and beat together: at rest, and after many bookings."""

import time
from collections.abc import Iterator

from tests.bench.posting import SHOPS, decided_per_second
from tests.bench.processes import megabytes
from tests.bench.report import Line
from tests.bench.world import World, leader, tokens
from tests.builders import a_shop

LIMIT = 400
FLAT = 1.1
ROUNDS = 2
REST = 1.0


def measure(world: World) -> Iterator[Line]:
    """Yield both; the first bookings, which fill pools and caches, come before."""
    shops = [a_shop(resources=5) for _ in range(SHOPS)]
    (token,) = tokens([shops[0].owner])
    accepted: list[float] = []
    decided_per_second(world, shops, token, accepted)
    before = _at_rest(world)
    yield Line(
        what="memory of all four programs at rest",
        ours=f"{before:.0f} MB PSS",
        goal=f"<= {LIMIT} MB",
        is_met=before <= LIMIT,
    )
    count = world.count("SELECT last_value FROM bookings_accepted_no_seq")
    for _ in range(ROUNDS * world.size**2):
        decided_per_second(world, shops, token, accepted)
    count = world.count("SELECT last_value FROM bookings_accepted_no_seq") - count
    after = _at_rest(world)
    yield Line(
        what=f"  after {count} more bookings",
        ours=f"{after:.0f} MB PSS",
        ratio=after / before,
        goal=f"<= {FLAT} x",
        is_met=after <= FLAT * before,
    )


def _at_rest(world: World) -> float:
    time.sleep(REST)
    return megabytes(leader(program) for program in world.stack.supervisor.programs)
