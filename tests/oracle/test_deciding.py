"""The board, on which bookings are decided one after another, grants and refuses as the oracle would."""

from dataclasses import replace
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.availability.rules.board import Board, Left, Wish
from domain.availability.rules.model import Refusal
from tests.oracle.asking import Choice, some_probes
from tests.oracle.changing import asked
from tests.oracle.drawing import worlds
from tests.oracle.engine import Engine, engine, told
from tests.oracle.oracle import Oracle
from tests.oracle.world import OURS, Booking, World

FIRST_NEW = 1_000

rounds = st.lists(st.tuples(st.integers(0, 50), st.sampled_from([None, None, 0, 1, 2])), min_size=1, max_size=5)
one_of_each = worlds().map(lambda world: asked(world, together=False))


@given(one_of_each, rounds)
def test_each_decision_sees_those_before_it(world: World, wanted: list[tuple[int, int | None]]) -> None:
    probes = some_probes(world, Oracle(world).slots())
    assume(probes)
    given = engine(asked(world, named=()))
    board = Board({given.terms.service_id: given.requirements}, {given.terms.service_id: given.day_counts})
    for number, (pick, mover) in enumerate(wanted, FIRST_NEW):
        start, old = probes[pick % len(probes)], moving(world, mover)
        wish = wished(given, world, start, number if old is None else old.number, old)
        seen = replace(world, bookings=tuple(each for each in world.bookings if each is not old))
        choice = decided(board, wish)
        assert choice == Oracle(seen).choice(start)
        if not isinstance(choice[0], str):
            world = replace(seen, bookings=(*seen.bookings, booked(world, wish, choice)))


def moving(world: World, mover: int | None) -> Booking | None:
    """Choose a booking that would move."""
    able = [each for each in Oracle(world).occupying if each.service == OURS]
    return None if mover is None or not able else able[mover % len(able)]


def wished(given: Engine, world: World, start: int, number: int, old: Booking | None) -> Wish:
    leaves = Left([UUID(int=each) for each in old.resources], old.start) if old else None
    return Wish(
        booking_id=UUID(int=number),
        terms=given.terms,
        start=start,
        party=world.question.party,
        resource_ids=frozenset(UUID(int=each) for each in world.question.named),
        asked_at=world.now,
        leaves=leaves,
        waived=given.waived,
    )


def decided(board: Board, wish: Wish) -> Choice:
    """Decide, and write down what was granted."""
    found = board.decide(wish)
    if isinstance(found, Refusal):
        return told(found)
    board.occupy(wish, found)
    return tuple(each.id.int for each in found)


def booked(world: World, wish: Wish, choice: Choice) -> Booking:
    """Return the booking that a granted wish becomes."""
    return Booking(
        number=wish.booking_id.int,
        resources=tuple(each for each in choice if isinstance(each, int)),
        start=wish.start,
        end=wish.end,
        minutes_before=world.service.minutes_before,
        minutes_after=world.service.minutes_after,
        seats=wish.party,
    )
