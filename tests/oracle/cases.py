"""Cases by the thousand: each place is visited as often as any other, and a run is the same whenever it is run."""

from collections.abc import Callable, Iterator, Sequence

from hypothesis import HealthCheck, given, seed, settings

from tests.oracle.drawing import worlds
from tests.oracle.places import PLACES, Place
from tests.oracle.world import World

RUN = 2_000
EACH = -(-RUN // len(PLACES))

FIXED = settings(max_examples=EACH, database=None, deadline=None, suppress_health_check=list(HealthCheck))


def visit(run: int, check: Callable[[World], None], places: Sequence[Place] = PLACES) -> None:
    """Check at least RUN worlds, the same ones in every run of that number; a world that fails is made small."""
    for number, place in enumerate(places):
        _visit(place, run * len(places) + number, check)


def drawn(run: int) -> Iterator[World]:
    """Yield the worlds of a run, place by place, from the strangest place on; those of a place are drawn when it comes."""
    for number, place in reversed([*enumerate(PLACES)]):
        found: list[World] = []
        _visit(place, run * len(PLACES) + number, found.append)
        yield from found


def _visit(place: Place, number: int, check: Callable[[World], None]) -> None:
    @seed(number)
    @FIXED
    @given(worlds([place]))
    def each(world: World) -> None:
        check(world)

    each()
