"""The same questions to the oracle and to the engine, and where their answers are looked for."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from tests.oracle.clocks import DAY, jumps, minute_of, number_of
from tests.oracle.oracle import Offer, Oracle, Refused
from tests.oracle.world import World

MINUTE = 60
PROBES = 16

Choice = tuple[int, ...] | Refused


class Asked(Protocol):
    """Who answers: the oracle or the engine."""

    def asked(self) -> list[list[int]]:
        """Return the numbers of those who could fill each role."""

    def slots(self) -> list[Offer]:
        """List the slots."""

    def refusals(self, number: int, start: int) -> list[Refused]:
        """List what refuses a start on one resource."""

    def choice(self, start: int) -> Choice:
        """Return who gets a booking, or why nobody does."""


class Answers(NamedTuple):
    """What was answered, to be compared as a whole."""

    asked: list[list[int]]
    slots: list[Offer]
    refusals: dict[tuple[int, int], list[Refused]]
    choices: dict[int, Choice]


class Case(NamedTuple):
    """A world, with what the oracle says of it, and the starts at which both are asked for reasons."""

    world: World
    oracle: Oracle
    probes: Sequence[int]
    answers: Answers


def case(world: World) -> Case:
    """Ask the oracle."""
    oracle = Oracle(world)
    probes = some_probes(world, oracle.slots())
    return Case(world, oracle, probes, answers(oracle, probes))


def answers(source: Asked, probes: Sequence[int]) -> Answers:
    """Ask everything."""
    numbers = [number for role in source.asked() for number in role]
    return Answers(
        asked=source.asked(),
        slots=source.slots(),
        refusals={(start, number): source.refusals(number, start) for start in probes for number in numbers},
        choices={start: source.choice(start) for start in probes},
    )


def some_probes(world: World, offered: Sequence[Offer]) -> Sequence[int]:
    """Choose starts at which a rule could turn, and beside them, within a day of what is asked; for a world the same."""
    zone, question = world.question.viewer, world.question
    since = minute_of(zone, number_of(question.first) * DAY) * MINUTE - DAY * MINUTE
    until = minute_of(zone, (number_of(question.last) + 1) * DAY) * MINUTE + DAY * MINUTE
    turns = {turn for turn in _turns(world, offered) if since <= turn <= until}
    beside = {turn + off for turn in turns for off in (-1, 1, -MINUTE, MINUTE, 7 * MINUTE)}
    chance = random.Random(world.now)
    on, off = sorted(turns), sorted(beside - turns)
    return chance.sample(on, min(len(on), PROBES * 3 // 4)) + chance.sample(off, min(len(off), PROBES // 4))


def _turns(world: World, offered: Sequence[Offer]) -> Iterator[int]:
    service, now = world.service, world.now
    yield from (now, now + service.notice)
    yield from (start for start, _, _, _ in offered)
    for booking in world.bookings:
        yield from _touching(world, booking.start - booking.minutes_before * MINUTE)
        yield from _touching(world, booking.end + booking.minutes_after * MINUTE)
    for closure in world.closures:
        yield from (*_touching(world, closure.start), *_touching(world, closure.end))
    first, last = number_of(world.question.first) - 1, number_of(world.question.last) + 2
    zones = {service.zone, world.question.viewer, *(each.zone for each in world.schedules)}
    for zone in zones:
        yield from (minute_of(zone, day * DAY) * MINUTE for day in range(first, last + 1))
        yield from (minute * MINUTE for minute, _ in jumps(zone, range(first * DAY, last * DAY)))


def _touching(world: World, edge: int) -> tuple[int, ...]:
    """Return the starts whose own edges, with and without buffers, lie at an edge."""
    service = world.service
    long = service.minutes * MINUTE
    return (
        edge,
        edge - long,
        edge + service.minutes_before * MINUTE,
        edge - long - service.minutes_after * MINUTE,
    )


def differences(asked: Case, source: Asked) -> list[str]:
    """Say where somebody answers otherwise than the oracle."""
    expected, told = asked.answers, answers(source, asked.probes)
    if told == expected:
        return []
    pairs = _pairs(expected, told)
    return [f"{what}: {theirs}, and by the oracle {ours}" for what, ours, theirs in pairs if ours != theirs]


def _pairs(expected: Answers, told: Answers) -> Iterator[tuple[str, object, object]]:
    yield "who could serve", expected.asked, told.asked
    yield "starts", [offer[0] for offer in expected.slots], [offer[0] for offer in told.slots]
    ours, theirs = ({offer[0]: offer for offer in each.slots} for each in (expected, told))
    yield from ((f"slot at {start}", ours[start], theirs[start]) for start in ours.keys() & theirs.keys())
    yield from ((f"refusals of {which}", mine, told.refusals.get(which)) for which, mine in expected.refusals.items())
    yield from ((f"choice at {start}", mine, told.choices[start]) for start, mine in expected.choices.items())
