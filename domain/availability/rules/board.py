"""The board on which bookings are decided one after another, each seeing those before it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.availability.rules.decide import choose
from domain.availability.rules.diary import Diary, Occupied
from domain.availability.rules.model import Candidate, Code, Refusal, Terms
from domain.availability.rules.seats import footprint
from domain.availability.rules.spans import Span
from domain.availability.rules.zones import date_of, local_day

ELSEWHERE = UUID(int=0)
"""A service that is nobody's: what is taken in its name shares with no one."""


class Left(NamedTuple):
    """The place that a booking gives up when it gets the one it wishes for."""

    resource_id: UUID
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A start that was asked for: on which terms, for how many, on one resource or (None) any, and when it was asked.

    The clock's rules (notice, window, past) are judged at *asked_at*, so that waiting in the queue costs nobody a slot.
    A booking that would move *leaves* its old place, which does not stand in its way. *waived* rules are passed over.
    """

    booking_id: UUID
    terms: Terms
    start: int
    party: int
    resource_id: UUID | None
    asked_at: int
    leaves: Left | None = None
    waived: frozenset[Code] = frozenset()

    @property
    def footprint(self) -> Span:
        """Return the span that it would occupy, buffers included."""
        return footprint(self.terms, self.start)

    @property
    def end(self) -> int:
        """Return when it would be over, buffers aside."""
        return self.start + self.terms.duration

    @property
    def day(self) -> date:
        """Return its date in the business's zone."""
        return _day(self.terms, self.start)


class Board:
    """Who could serve each service, what is taken, and how many bookings each date has, as of the caller's locks."""

    def __init__(self, candidates: Mapping[UUID, Sequence[Candidate]], booked: dict[UUID, Counter[date]]) -> None:
        self._candidates = candidates
        self._by_id = {each.id: each for able in candidates.values() for each in able}
        self._booked = booked

    def decide(self, wish: Wish, *, barred: Collection[UUID] = ()) -> Candidate | Refusal:
        """Return the resource that a wish gets, or the first rule that refuses it.

        On the *barred* resources the database refused it: to this wish, and to no other, they count as taken.
        """
        able = [
            _taken(candidate, wish) if candidate.id in barred else _left_by(candidate, wish)
            for candidate in self._candidates.get(wish.terms.service_id, ())
            if wish.resource_id in (None, candidate.id)
        ]
        found = choose(
            wish.terms,
            able,
            wish.start,
            party=wish.party,
            now=wish.asked_at,
            day_counts=self._counts_without(wish),
            waived=wish.waived,
        )
        return found if isinstance(found, Refusal) else self._by_id[found[0].id]

    def occupy(self, wish: Wish, candidate: Candidate) -> None:
        """Write down that a wish came true, for those that follow."""
        booked = self._booked.setdefault(wish.terms.service_id, Counter())
        if wish.leaves:
            day = _day(wish.terms, wish.leaves.start)
            booked[day] -= 1
            old = self._by_id.get(wish.leaves.resource_id)
            if old:
                old.diary.remove(wish.booking_id)
                old.booked_by_day[day] -= 1
        candidate.diary.add(_claim(wish))
        booked[wish.day] += 1
        candidate.booked_by_day[wish.day] += 1

    def _counts_without(self, wish: Wish) -> Mapping[date, int]:
        counts = self._booked.get(wish.terms.service_id, Counter())
        if wish.leaves is None:
            return counts
        return counts - Counter([_day(wish.terms, wish.leaves.start)])


def _left_by(candidate: Candidate, wish: Wish) -> Candidate:
    """Return the candidate as it is to a wish: without the place that the wish would leave."""
    if wish.leaves is None or wish.leaves.resource_id != candidate.id:
        return candidate
    return replace(
        candidate,
        diary=candidate.diary.without(wish.booking_id),
        booked_by_day=candidate.booked_by_day - Counter([_day(wish.terms, wish.leaves.start)]),
    )


def _taken(candidate: Candidate, wish: Wish) -> Candidate:
    """Return the candidate as if somebody else had what is wished for, and leave its own diary alone."""
    somebody = replace(_claim(wish), service_id=ELSEWHERE, booking_id=None)
    diary = Diary([*candidate.diary.claims(), somebody], candidate.diary.closures())
    return replace(candidate, diary=diary)


def _claim(wish: Wish) -> Occupied:
    start, end = wish.footprint
    return Occupied(
        start=wish.start,
        end=wish.end,
        footprint_start=start,
        footprint_end=end,
        seats=wish.party,
        service_id=wish.terms.service_id,
        booking_id=wish.booking_id,
    )


def _day(terms: Terms, start: int) -> date:
    return date_of(local_day(start, terms.zone))
