"""The starts that could be booked now (rules 9, 10 and 12)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.availability.rules.effort import A_DATE, AROUND, MOST_STARTS, SPANS, Effort
from domain.availability.rules.errors import TooManySlots
from domain.availability.rules.limits import bookable
from domain.availability.rules.model import Hours, Mode, Query, Slot, Terms
from domain.availability.rules.openings import Openings, openings
from domain.availability.rules.seats import Load, seats_left
from domain.availability.rules.spans import Span
from domain.availability.rules.zones import DAY


class Free(NamedTuple):
    """For each start who has room for the party, by priority, and how many seats are left, where that is not one."""

    who: Mapping[int, Sequence[UUID]]
    left: Mapping[int, int]


_REMAINING = {Mode.ANY: max, Mode.ALL: min}


class Offerable(NamedTuple):
    """A resource that could serve, with what takes it as the service sees it; the lower *priority* is preferred."""

    id: UUID
    priority: int
    hours: Hours
    load: Load


Role = Sequence[Offerable]
"""Those of whom one has to serve; the first role's hours set the grid."""


def free_slots(
    terms: Terms,
    roles: Sequence[Role],
    query: Query,
    *,
    now: int,
    day_counts: Mapping[date, int],
    closed: Sequence[Span] = (),
) -> list[Slot]:
    """List the slots of a query in ascending order, each start once: those at which every role can be filled.

    *now* is a whole second, its fraction dropped; *day_counts* are the service's occupying bookings by the business's
    date; at times all of the business is *closed*. ``remaining`` is what the best resource has left, under mode=all the
    least of all; and of several roles the least. Errors: TooManySlots.
    """
    spans = bookable(terms, query, now=now, day_counts=day_counts, closed=closed)
    return weigh(terms, roles, spans, query, Effort())


def weigh(terms: Terms, roles: Sequence[Role], spans: Sequence[Span], query: Query, effort: Effort) -> list[Slot]:
    """List the slots that start within *spans*, as `free_slots` does, of *query* its party and its mode alone.

    Errors: TooManySlots once that is more than the *effort* may be.
    """
    met = _met(terms, roles, spans, query, effort)
    return [
        Slot(
            start,
            start + terms.duration,
            min(free.left.get(start, 1) for free in met),
            tuple(tuple(free.who[start]) for free in met),
        )
        for start in sorted(met[-1].who)
    ]


def _met(terms: Terms, roles: Sequence[Role], spans: Sequence[Span], query: Query, effort: Effort) -> Sequence[Free]:
    """Return who is free for each role; the last one's starts are those at which all of them can be filled."""
    first, *others = roles
    if not spans or any(_is_shut(terms, other, spans, effort) for other in others):
        return [Free({}, {})]
    met = [_free(terms, first, _on_grid(terms, first, spans, effort), query, effort)]
    for other in others:
        met.append(_free(terms, other, _open_at(terms, other, sorted(met[-1].who), effort), query, effort))
    return met


def _free(terms: Terms, role: Role, starts: Mapping[Hours, Sequence[int]], query: Query, effort: Effort) -> Free:
    """Collect who is free for a role at the ascending *starts* that each schedule has."""
    able = sorted(role, key=lambda each: (each.priority, each.id))
    effort.spend(sum(len(starts[each.hours]) + _weight(each.load) for each in able))
    who: defaultdict[int, list[UUID]] = defaultdict(list)
    left: dict[int, int] = {}
    worse_or_better = _REMAINING[query.mode]
    for each in able:
        mine = starts[each.hours]
        seats = seats_left(terms, each.load, mine)
        for start, remaining in zip(mine, seats, strict=True):
            if remaining >= query.party:
                who[start].append(each.id)  # without a tuple each: a month of twenty resources has fourteen thousand
        if terms.capacity > 1:
            roomy = (each for each in zip(mine, seats, strict=True) if each[1] >= query.party)
            left |= {start: worse_or_better(remaining, left.get(start, remaining)) for start, remaining in roomy}
    if query.mode is Mode.ANY:
        return Free(who, left)
    return Free({start: found for start, found in who.items() if len(found) == len(able)}, left)


def _weight(load: Load) -> int:
    """Return what it costs to look at all that takes a resource, in places."""
    return (len(load.closed) + len(load.shared)) // SPANS


def _on_grid(terms: Terms, role: Role, spans: Sequence[Span], effort: Effort) -> Mapping[Hours, Sequence[int]]:
    """List each schedule's grid starts within some spans."""
    found = {}
    for hours in _schedules(role):
        starts = _starts(terms, hours, spans, effort)
        if len(starts) > MOST_STARTS:
            raise TooManySlots
        found[hours] = starts
    return found


def _open_at(terms: Terms, role: Role, starts: Sequence[int], effort: Effort) -> Mapping[Hours, Sequence[int]]:
    """List those of ascending *starts* at which each schedule is open for the whole of the booking."""
    if not starts:
        return dict.fromkeys(_schedules(role), ())
    around = starts[0], starts[-1] + terms.duration
    found = {}
    for hours in _schedules(role):
        window = _opened(hours, around, effort)
        effort.spend(len(starts))
        found[hours] = [start for start in starts if window.closes(start) >= start + terms.duration]
    return found


def _is_shut(terms: Terms, role: Role, spans: Sequence[Span], effort: Effort) -> bool:
    """Tell whether nobody of a role is open anywhere in some spans, so that nobody else need be looked at."""
    around = spans[0][0], spans[-1][1] + terms.duration
    return not any(
        any(begin < around[1] and around[0] < end for begin, end in _opened(hours, around, effort).stretches)
        for hours in _schedules(role)
    )


def _schedules(role: Role) -> set[Hours]:
    return {each.hours for each in role}


def _starts(terms: Terms, hours: Hours, spans: Sequence[Span], effort: Effort) -> list[int]:
    """List a schedule's grid starts within some spans, of which there is one at least."""
    span = spans[0][0], spans[-1][1]
    window = _opened(hours, (span[0], span[1] + terms.duration), effort)
    grid = window.starts(terms.interval, terms.duration, span)
    effort.spend(len(grid))
    return [start for since, until in spans for start in grid[bisect_left(grid, since) : bisect_left(grid, until)]]


def _opened(hours: Hours, span: Span, effort: Effort) -> Openings:
    effort.spend(A_DATE * (AROUND + (span[1] - span[0]) // DAY))
    opened = openings(hours, span)
    effort.spend(len(opened.blocks))
    return opened
