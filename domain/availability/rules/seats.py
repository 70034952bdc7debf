"""What is left on a resource: footprints, closures and shared seats (rules 4, 5 and 9)."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from operator import itemgetter
from typing import NamedTuple

from domain.availability.rules.diary import Closure, Occupied
from domain.availability.rules.model import Terms
from domain.availability.rules.spans import Span

Seated = tuple[int, int, int]
"""A half-open span, and how many seats are taken in it."""


def footprint(terms: Terms, start: int) -> Span:
    """Return what a booking from *start* would occupy, its buffers included."""
    return start - terms.buffer_before, start + terms.duration + terms.buffer_after


def starts_meeting(terms: Terms, span: Span) -> Span:
    """Return the starts of which the footprint meets a span; touching is free."""
    return span[0] - terms.duration - terms.buffer_after + 1, span[1] + terms.buffer_before


def shares(terms: Terms, claim: Occupied) -> bool:
    """Say whether a claim takes seats beside ours, instead of the whole resource."""
    return terms.capacity > 1 and claim.service_id == terms.service_id


class Load(NamedTuple):
    """What takes a resource, as one service sees it: spans in which it is closed, and the footprints that share seats."""

    closed: Sequence[Span]
    shared: Sequence[Seated]


NOTHING_TAKEN = Load((), ())


def load_of(terms: Terms, claims: Iterable[Occupied], closures: Iterable[Closure]) -> Load:
    """Sum up what takes a resource; whatever does not share with the service closes it."""
    closed = [(closure.start, closure.end) for closure in closures]
    shared: list[Seated] = []
    for claim in claims:
        if shares(terms, claim):
            shared.append((claim.footprint_start, claim.footprint_end, claim.seats))
        else:
            closed.append((claim.footprint_start, claim.footprint_end))
    return Load(closed, shared)


def seats_left(terms: Terms, load: Load, starts: Sequence[int]) -> list[int]:
    """Return for each of the ascending *starts* the seats left in every instant of its footprint.

    Each span is painted over the starts whose footprints it meets, the fuller over the less full.
    """
    left = [terms.capacity] * len(starts)
    reach, ahead = terms.duration + terms.buffer_after, terms.buffer_before
    shared = sorted(levels(load.shared), key=itemgetter(2))
    closed = ((begin, end, terms.capacity) for begin, end in load.closed)
    for begin, end, taken in chain(shared, closed):
        # the footprints of just these starts meet [begin, end); touching is free
        since, until = bisect_left(starts, begin - reach + 1), bisect_left(starts, end + ahead)
        if since < until:
            left[since:until] = [terms.capacity - taken] * (until - since)
    return left


def crowded(claims: Collection[Occupied], capacity: int) -> Iterator[Occupied]:
    """Yield those of some claims that are, at some instant, among claims of more seats than *capacity*."""
    seated = ((claim.footprint_start, claim.footprint_end, claim.seats) for claim in claims)
    full = [(begin, end) for begin, end, taken in levels(seated) if taken > capacity]
    ends = [end for _, end in full]
    for claim in claims:
        place = bisect_right(ends, claim.footprint_start)
        if place < len(full) and full[place][0] < claim.footprint_end:
            yield claim


def levels(seated: Iterable[Seated]) -> Iterator[Seated]:
    """Yield the seats that some footprints take together, from each edge of one to the next."""
    change: defaultdict[int, int] = defaultdict(int)
    for start, end, seats in seated:
        change[start] += seats
        change[end] -= seats
    taken = 0
    for begin, end in pairwise(sorted(change)):
        taken += change[begin]
        yield begin, end, taken
