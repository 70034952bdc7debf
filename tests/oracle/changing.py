"""Worlds that differ from one another in one thing, for properties of two answers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from tests.oracle.clocks import DAY, exists, minute_of, number_of
from tests.oracle.engine import engine
from tests.oracle.oracle import Offer
from tests.oracle.world import Block, Blocks, Booking, Closure, Resource, Schedule, World

Span = TypeVar("Span", Booking, Closure)
WEEK = 7 * 24 * 60 * 60
EXTRA = 50
"""The number of a resource that joins."""


def offers(world: World) -> list[Offer]:
    """Ask the engine for the slots."""
    return engine(world).slots()


def starts(world: World) -> set[int]:
    """Return the starts of the slots."""
    return {start for start, _, _, _ in offers(world)}


def served(world: World, **changes: Any) -> World:  # noqa: ANN401 - whatever a service has
    """Change the service."""
    return replace(world, service=replace(world.service, **changes))


def asked(world: World, **changes: Any) -> World:  # noqa: ANN401 - whatever a question has
    """Change the question."""
    return replace(world, question=replace(world.question, **changes))


def in_zone(world: World, zone: str) -> World:
    """Let everybody live in one zone."""
    return replace(
        asked(served(world, zone=zone), viewer=zone),
        schedules=tuple(replace(each, zone=zone) for each in world.schedules),
    )


def weeks_later(world: World, weeks: int) -> World:
    """Move everything by whole weeks."""
    by, days = weeks * WEEK, timedelta(weeks=weeks)
    moved = asked(world, first=world.question.first + days, last=world.question.last + days)
    return replace(
        moved,
        now=world.now + by,
        bookings=tuple(
            replace(each, start=each.start + by, end=each.end + by, expires_at=each.expires_at and each.expires_at + by)
            for each in world.bookings
        ),
        closures=tuple(replace(each, start=each.start + by, end=each.end + by) for each in world.closures),
        schedules=tuple(
            replace(each, overrides={day + days: blocks for day, blocks in each.overrides.items()})
            for each in world.schedules
        ),
    )


def without(world: World, number: int) -> World:
    """Take a resource out of its role."""
    return replace(world, roles=tuple(tuple(each for each in role if each.number != number) for role in world.roles))


def with_role(world: World, schedule: Schedule | None = None) -> World:
    """Add a role with a resource of its own, on the first schedule or on one of its own."""
    kept = world.schedules if schedule is None else (*world.schedules, schedule)
    joins = Resource(number=EXTRA, schedule=0 if schedule is None else len(world.schedules))
    return replace(world, schedules=kept, roles=(*world.roles, (joins,)))


def halves(span: Span) -> tuple[Span, Span]:
    """Split a booking or a closure in two that touch."""
    middle = (span.start + span.end) // 2 // 30 * 30
    return replace(span, end=middle), replace(span, start=middle)


def blocks_split(world: World) -> World:
    """Split opening hours at a time in their middle, where clocks read start, middle and end in order on every date."""
    question = world.question
    days = range(number_of(question.first) - 9, number_of(question.last) + 9)

    def split(zone: str, block: Block) -> Blocks:
        start, end = block
        middle = (start + end) // 2
        if start < middle < end and all(_in_order(zone, day, (start, middle, end)) for day in days):
            return (start, middle), (middle, end)
        return (block,)

    return replace(world, schedules=tuple(_each_block(each, split) for each in world.schedules))


def turned_round(world: World) -> World:
    """List everything in the opposite order, but for the roles."""

    def backwards(blocks: Blocks) -> Blocks:
        return blocks[::-1]

    return replace(
        world,
        roles=tuple(role[::-1] for role in world.roles),
        bookings=world.bookings[::-1],
        closures=world.closures[::-1],
        schedules=tuple(_each_day(each, backwards) for each in world.schedules),
    )


def _each_block(schedule: Schedule, change: Callable[[str, Block], Blocks]) -> Schedule:
    return _each_day(schedule, lambda blocks: tuple(new for old in blocks for new in change(schedule.zone, old)))


def _each_day(schedule: Schedule, change: Callable[[Blocks], Blocks]) -> Schedule:
    return replace(
        schedule,
        week=tuple(map(change, schedule.week)),
        overrides={day: change(blocks) for day, blocks in schedule.overrides.items()},
    )


def _in_order(zone: str, day: int, times: Sequence[int]) -> bool:
    if not exists(zone, day):
        return True
    mapped = [minute_of(zone, day * DAY + time) for time in times]
    return mapped == sorted(mapped)
