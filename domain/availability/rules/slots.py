"""The starts that could be booked now (rules 9, 10 and 12)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from domain.availability.rules.limits import bookable
from domain.availability.rules.model import Candidate, Hours, Mode, Query, Slot, Terms
from domain.availability.rules.openings import openings
from domain.availability.rules.seats import seats_left
from domain.availability.rules.spans import Span
from domain.kernel.errors import TooManySlots

MOST_STARTS = 20_000
MOST_PLACES = 200_000
"""How many starts one answer weighs, on one resource and on all: some tenths of a second of work, and some megabytes."""

_REMAINING = {Mode.ANY: max, Mode.ALL: min}


def slots(
    terms: Terms, candidates: Iterable[Candidate], query: Query, *, now: int, day_counts: Mapping[date, int]
) -> list[Slot]:
    """List the slots of a query in ascending order, each start once.

    *now* is a whole second, its fraction dropped; *day_counts* are the service's occupying bookings by the business's
    date. Diaries hold at least what meets the days asked about, with room for duration and buffers.
    ``remaining`` is what the best resource has left, under mode=all the least of all. Errors: TooManySlots.
    """
    ranked = sorted(candidates, key=lambda candidate: (candidate.priority, candidate.id))
    spans = bookable(terms, query, now=now, day_counts=day_counts)
    needed = len(ranked) if query.mode is Mode.ALL else 1
    found: list[Slot] = []
    for start, free in sorted(_free(terms, ranked, spans, query.party).items()):
        if len(free) >= needed:
            left, resources = zip(*free, strict=True)
            found.append(Slot(start, start + terms.duration, _REMAINING[query.mode](left), resources))
    return found


def _free(
    terms: Terms, candidates: Sequence[Candidate], spans: Sequence[Span], party: int
) -> Mapping[int, list[tuple[int, UUID]]]:
    """Collect for each start the seats left and the id of every resource with room for the party."""
    grids = {hours: _starts(terms, hours, spans) for hours in {candidate.hours for candidate in candidates}}
    places = sum(len(grids[candidate.hours]) for candidate in candidates)
    if places > MOST_PLACES or max(map(len, grids.values()), default=0) > MOST_STARTS:
        raise TooManySlots(most=MOST_STARTS)
    free: defaultdict[int, list[tuple[int, UUID]]] = defaultdict(list)
    for candidate in candidates:
        starts = grids[candidate.hours]
        seats = seats_left(terms, candidate.diary.claims(), candidate.diary.closures(), starts)
        for start, left in zip(starts, seats, strict=True):
            if left >= party:
                free[start].append((left, candidate.id))
    return free


def _starts(terms: Terms, hours: Hours, spans: Sequence[Span]) -> list[int]:
    """List a schedule's grid starts within some spans."""
    if not spans:
        return []
    window = openings(hours, (spans[0][0], spans[-1][1] + terms.duration))
    grid = window.starts(terms.interval, terms.duration)
    return [start for since, until in spans for start in grid[bisect_left(grid, since) : bisect_left(grid, until)]]
