"""The starts that could be booked now (rules 9, 10 and 12)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from domain.availability.rules.errors import TooManySlots
from domain.availability.rules.limits import bookable
from domain.availability.rules.model import Hours, Mode, Query, Requirement, Slot, Terms
from domain.availability.rules.openings import openings
from domain.availability.rules.seats import seats_left
from domain.availability.rules.spans import Span

MOST_STARTS = 20_000
MOST_PLACES = 200_000
"""How many starts one answer weighs, on one resource and on all: some tenths of a second of work, and some megabytes."""

Free = Mapping[int, list[tuple[int, UUID]]]
"""For each start the seats left and the id of every resource with room for the party, preferred first."""

_REMAINING = {Mode.ANY: max, Mode.ALL: min}


def slots(
    terms: Terms, requirements: Sequence[Requirement], query: Query, *, now: int, day_counts: Mapping[date, int]
) -> list[Slot]:
    """List the slots of a query in ascending order, each start once: those at which every requirement can be met.

    *now* is a whole second, its fraction dropped; *day_counts* are the service's occupying bookings by the business's
    date. Diaries hold at least what meets the days asked about, with room for duration and buffers.
    ``remaining`` is what the best resource has left, under mode=all the least of all; and of several requirements the
    least. Errors: TooManySlots.
    """
    spans = bookable(terms, query, now=now, day_counts=day_counts)
    met = _met(terms, requirements, spans, query)
    found: list[Slot] = []
    for start in sorted(met[-1]):
        remaining, resources = zip(*(_best(free[start], query.mode) for free in met), strict=True)
        found.append(Slot(start, start + terms.duration, min(remaining), resources))
    return found


def _best(free: Sequence[tuple[int, UUID]], mode: Mode) -> tuple[int, tuple[UUID, ...]]:
    left, resources = zip(*free, strict=True)
    return _REMAINING[mode](left), resources


def _met(terms: Terms, requirements: Sequence[Requirement], spans: Sequence[Span], query: Query) -> Sequence[Free]:
    """Return who is free for each requirement; the last one's starts are those at which all of them can be met."""
    first, *others = requirements
    met = [_free(terms, first, _on_grid(terms, first, spans), query)]
    for other in others:
        met.append(_free(terms, other, _open_at(terms, other, sorted(met[-1])), query))
    return met


def _free(terms: Terms, requirement: Requirement, starts: Mapping[Hours, Sequence[int]], query: Query) -> Free:
    """Collect who is free for a requirement at the ascending *starts* that each schedule has."""
    candidates = sorted(requirement.candidates, key=lambda candidate: (candidate.priority, candidate.id))
    places = sum(len(starts[candidate.hours]) for candidate in candidates)
    if places > MOST_PLACES or max(map(len, starts.values()), default=0) > MOST_STARTS:
        raise TooManySlots(most=MOST_STARTS)
    free: defaultdict[int, list[tuple[int, UUID]]] = defaultdict(list)
    for candidate in candidates:
        mine = starts[candidate.hours]
        seats = seats_left(terms, candidate.diary.claims(), candidate.diary.closures(), mine)
        for start, left in zip(mine, seats, strict=True):
            if left >= query.party:
                free[start].append((left, candidate.id))
    if query.mode is Mode.ANY:
        return free
    return {start: able for start, able in free.items() if len(able) == len(candidates)}


def _on_grid(terms: Terms, requirement: Requirement, spans: Sequence[Span]) -> Mapping[Hours, Sequence[int]]:
    """List each schedule's grid starts within some spans."""
    return {hours: _starts(terms, hours, spans) for hours in _schedules(requirement)}


def _open_at(terms: Terms, requirement: Requirement, starts: Sequence[int]) -> Mapping[Hours, Sequence[int]]:
    """List those of ascending *starts* at which each schedule is open for the whole of the booking."""
    if not starts:
        return dict.fromkeys(_schedules(requirement), ())
    around = starts[0], starts[-1] + terms.duration
    opened = {hours: openings(hours, around) for hours in _schedules(requirement)}
    return {
        hours: [start for start in starts if window.closes(start) >= start + terms.duration]
        for hours, window in opened.items()
    }


def _schedules(requirement: Requirement) -> set[Hours]:
    return {candidate.hours for candidate in requirement.candidates}


def _starts(terms: Terms, hours: Hours, spans: Sequence[Span]) -> list[int]:
    """List a schedule's grid starts within some spans."""
    if not spans:
        return []
    window = openings(hours, (spans[0][0], spans[-1][1] + terms.duration))
    grid = window.starts(terms.interval, terms.duration)
    return [start for since, until in spans for start in grid[bisect_left(grid, since) : bisect_left(grid, until)]]
