"""The few free starts that somebody wants to see first, found without weighing all that could be booked.

Time is weighed piece by piece, the nearest first, until there are enough. What every resource is taken in is left out
before, so that a long closure costs no more than a short one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from operator import itemgetter
from typing import NamedTuple, TypeVar

from domain.availability.rules.effort import MOST_PLACES, Effort
from domain.availability.rules.errors import TooManySlots
from domain.availability.rules.model import Mode, Query, Slot, Terms
from domain.availability.rules.seats import Load, Seated, levels, starts_meeting
from domain.availability.rules.slots import Offerable, Role, weigh
from domain.availability.rules.spans import Span, intersection, merged, outside
from domain.availability.rules.zones import DAY

T = TypeVar("T", Span, Seated)

HOUR = 3_600
AT_ONCE = 5_000
"""How many places a piece should have, about: few enough to stop soon, many enough that pieces cost nothing."""
MOST_AT_ONCE = 60_000
LONGEST = 62 * DAY
FAR_TOO_MUCH = 4
RINGS = (HOUR // 4, HOUR, 4 * HOUR, 16 * HOUR, 2 * DAY, 8 * DAY)
"""How far the nearest starts are looked for, step by step."""


class Found(NamedTuple):
    """The first slots; and if it would have been too much to look further, the instant up to which all are found."""

    slots: Sequence[Slot]
    stopped_at: int | None


class Search:
    """Where a service could be booked, as far as limits go, and what takes its resources, ready to be cut to pieces."""

    def __init__(self, terms: Terms, roles: Sequence[Role], spans: Sequence[Span], query: Query) -> None:
        self.terms, self.query = terms, query
        self.roles = [[each._replace(load=_tidy(each.load)) for each in role] for role in roles]
        self.spans = outside(spans, self._hopeless())

    def first(self, count: int, effort: Effort, *, least_until: int) -> Found:
        """Return the first *count* slots.

        It looks until *least_until* and then stops once the *effort* is spent. Errors: TooManySlots where even the
        former is far too much.
        """
        found: list[Slot] = []
        length, left = self._at_first(), self.spans
        while left and len(found) < count:
            begin = left[0][0]
            if effort.is_spent and begin >= least_until:
                return Found(found, begin)
            if effort.spent > FAR_TOO_MUCH * effort.most:
                raise TooManySlots
            trial = Effort(MOST_AT_ONCE if length > HOUR else MOST_PLACES)
            try:
                found += self.weighed(intersection(left, ((begin, begin + length),)), trial)
            except TooManySlots:
                if length == HOUR:
                    raise
                length = max(HOUR, length // 2)
            else:
                left = intersection(left, ((begin + length, left[-1][1]),))
                length = min(length * 2, LONGEST) if trial.spent < MOST_AT_ONCE // 4 else length
            effort.spent += trial.spent
        return Found(found[:count], None)

    def nearest(self, at: int, count: int, effort: Effort) -> Sequence[Slot]:
        """Return up to *count* slots, nearest to *at* first; fewer than there are where the *effort* does not reach."""
        if not self.spans:
            return ()
        at = min(max(at, self.spans[0][0]), self.spans[-1][1])
        found: list[Slot] = []
        seen = at, at
        for reach in RINGS:
            here = at - reach, at + reach
            with suppress(TooManySlots):  # a few are better than none
                found += self.weighed(outside(intersection(self.spans, (here,)), (seen,)), effort)
            if effort.is_spent or len(found) >= count:
                break
            seen = here
        return sorted(found, key=lambda slot: (abs(slot.start - at), slot.start))[:count]

    def weighed(self, spans: Sequence[Span], effort: Effort) -> list[Slot]:
        """Return the slots that start within *spans*, which are some of the search's. Errors: TooManySlots."""
        if not spans:
            return []
        reach = self.terms.duration + self.terms.buffer_after
        meets = spans[0][0] - self.terms.buffer_before, spans[-1][1] + reach
        roles = [[each._replace(load=_within(each.load, meets)) for each in role] for role in self.roles]
        return weigh(self.terms, roles, spans, self.query, effort)

    def _at_first(self) -> int:
        """Return how long the first piece is, in seconds, were it open all day."""
        resources = sum(map(len, self.roles))
        return min(max(HOUR, AT_ONCE * self.terms.interval // max(1, resources)), LONGEST)

    def _hopeless(self) -> Sequence[Span]:
        """Return where no booking can start, because what some role needs is taken."""
        return merged(chain.from_iterable(self._taken(role) for role in self.roles))

    def _taken(self, role: Role) -> Sequence[Span]:
        each_ones = (self._starts_taken(each) for each in role)
        if self.query.mode is Mode.ALL:
            return merged(chain.from_iterable(each_ones))
        return _shared_by_all(each_ones)

    def _starts_taken(self, offerable: Offerable) -> Sequence[Span]:
        """Return where a start's footprint would meet what takes a resource."""
        terms = self.terms
        full = (
            (begin, end) for begin, end, seats in offerable.load.shared if terms.capacity - seats < self.query.party
        )
        return merged(starts_meeting(terms, span) for span in chain(offerable.load.closed, full))


def _shared_by_all(several: Iterator[Sequence[Span]]) -> Sequence[Span]:
    shared = next(several, ())
    for other in several:
        if not shared:
            break
        shared = intersection(shared, other)
    return shared


def _tidy(load: Load) -> Load:
    """Return the same load in spans that ascend and do not overlap."""
    return Load(merged(load.closed), [each for each in levels(load.shared) if each[2]])


def _within(load: Load, span: Span) -> Load:
    """Return what of a tidy load meets a span."""
    return Load(_cut(load.closed, span), _cut(load.shared, span))


def _cut(spans: Sequence[T], span: Span) -> Sequence[T]:
    since, until = bisect_right(spans, span[0], key=itemgetter(1)), bisect_left(spans, span[1], key=itemgetter(0))
    return spans[since:until]
