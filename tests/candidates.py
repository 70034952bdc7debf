"""The slots that candidates with diaries make: what the allocator decides on, asked as a reader asks."""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.availability.rules.model import Query, Requirement, Slot, Terms
from domain.availability.rules.seats import load_of
from domain.availability.rules.slots import Offerable, Role, free_slots


def laden(terms: Terms, requirements: Sequence[Requirement]) -> Sequence[Role]:
    """Return the roles of a service, their candidates with what takes them."""
    return [
        [
            Offerable(each.id, each.priority, each.hours, load_of(terms, each.diary.claims(), each.diary.closures()))
            for each in requirement.candidates
        ]
        for requirement in requirements
    ]


def slots(
    terms: Terms, requirements: Sequence[Requirement], query: Query, *, now: int, day_counts: Mapping[date, int]
) -> list[Slot]:
    """List the slots that candidates make, as `free_slots` does.

    Diaries hold at least what meets the days asked about, with room for duration and buffers.
    """
    return free_slots(terms, laden(terms, requirements), query, now=now, day_counts=day_counts)
