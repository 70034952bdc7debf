"""What is left on a resource: footprints, closures and shared seats (rules 4, 5 and 9)."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

from domain.availability.rules.diary import Closure, Occupied
from domain.availability.rules.model import Terms
from domain.availability.rules.spans import Span


def footprint(terms: Terms, start: int) -> Span:
    """Return what a booking from *start* would occupy, its buffers included."""
    return start - terms.buffer_before, start + terms.duration + terms.buffer_after


def shares(terms: Terms, claim: Occupied) -> bool:
    """Say whether a claim takes seats beside ours, instead of the whole resource."""
    return terms.capacity > 1 and claim.service_id == terms.service_id


def seats_left(
    terms: Terms, claims: Iterable[Occupied], closures: Iterable[Closure], starts: Sequence[int]
) -> list[int]:
    """Return for each of the ascending *starts* the seats left in every instant of its footprint.

    Each span is painted over the starts whose footprints it meets, the fuller over the less full.
    """
    left = [terms.capacity] * len(starts)
    reach, ahead = terms.duration + terms.buffer_after, terms.buffer_before
    for begin, end, taken in _taken(terms, claims, closures):
        # the footprints of just these starts meet [begin, end); touching is free
        since, until = bisect_left(starts, begin - reach + 1), bisect_left(starts, end + ahead)
        if since < until:
            left[since:until] = [terms.capacity - taken] * (until - since)
    return left


def crowded(claims: Collection[Occupied], capacity: int) -> Iterator[Occupied]:
    """Yield those of some claims that are, at some instant, among claims of more seats than *capacity*."""
    full = [(begin, end) for begin, end, taken in _levels(claims) if taken > capacity]
    ends = [end for _, end in full]
    for claim in claims:
        place = bisect_right(ends, claim.footprint_start)
        if place < len(full) and full[place][0] < claim.footprint_end:
            yield claim


def _taken(terms: Terms, claims: Iterable[Occupied], closures: Iterable[Closure]) -> Iterator[tuple[int, int, int]]:
    """Yield spans and the seats taken in them, the fewest first; whatever does not share takes them all."""
    ours: list[Occupied] = []
    others: list[Occupied] = []
    for claim in claims:
        (ours if shares(terms, claim) else others).append(claim)
    yield from sorted(_levels(ours), key=itemgetter(2))
    for claim in others:
        yield claim.footprint_start, claim.footprint_end, terms.capacity
    for closure in closures:
        yield closure.start, closure.end, terms.capacity


def _levels(claims: Iterable[Occupied]) -> Iterator[tuple[int, int, int]]:
    """Yield the seats that some claims take together, from each edge of a footprint to the next."""
    change: defaultdict[int, int] = defaultdict(int)
    for claim in claims:
        change[claim.footprint_start] += claim.seats
        change[claim.footprint_end] -= claim.seats
    taken = 0
    for begin, end in pairwise(sorted(change)):
        taken += change[begin]
        yield begin, end, taken
