"""The board on which bookings are decided one after another, each seeing those before it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.availability.rules.decide import choose, narrowed
from domain.availability.rules.diary import Diary, Occupied
from domain.availability.rules.model import Candidate, Code, Refusal, Requirement, Terms
from domain.availability.rules.seats import footprint
from domain.availability.rules.spans import Span
from domain.availability.rules.zones import date_of, local_day

ELSEWHERE = UUID(int=0)
"""A service that is nobody's: what is taken in its name shares with no one."""


class Left(NamedTuple):
    """The place that a booking gives up when it gets the one it wishes for."""

    resource_ids: Collection[UUID]
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A start that was asked for: on which terms, for how many, and when it was asked.

    Of *resource_ids* each narrows the requirement that it could meet to those named; none of them leaves it open.
    The clock's rules (notice, window, past) are judged at *asked_at*, so that waiting in the queue costs nobody a slot.
    A booking that would move *leaves* its old place, which does not stand in its way. *waived* rules are passed over.
    """

    booking_id: UUID
    terms: Terms
    start: int
    party: int
    resource_ids: frozenset[UUID]
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

    def __init__(self, services: Mapping[UUID, Sequence[Requirement]], booked: dict[UUID, Counter[date]]) -> None:
        self._services = services
        self._by_id = {each.id: each for needs in services.values() for need in needs for each in need.candidates}
        self._booked = booked

    def decide(self, wish: Wish, *, barred: Collection[UUID] = ()) -> tuple[Candidate, ...] | Refusal:
        """Return the resources that a wish gets, one for each requirement in order, or the first rule that refuses it.

        On the *barred* resources the database refused it: to this wish, and to no other, they count as taken.
        """
        found = choose(
            wish.terms,
            self._asked_by(wish, barred),
            wish.start,
            party=wish.party,
            now=wish.asked_at,
            day_counts=self._counts_without(wish),
            waived=wish.waived,
        )
        return found if isinstance(found, Refusal) else tuple(self._by_id[each.id] for each in found)

    def occupy(self, wish: Wish, chosen: Iterable[Candidate]) -> None:
        """Write down that a wish came true, for those that follow."""
        booked = self._booked.setdefault(wish.terms.service_id, Counter())
        if wish.leaves:
            self._leave(wish.booking_id, wish.leaves, _day(wish.terms, wish.leaves.start), booked)
        for candidate in chosen:
            candidate.diary.add(_claim(wish))
            candidate.booked_by_day[wish.day] += 1
        booked[wish.day] += 1

    def _leave(self, booking_id: UUID, left: Left, day: date, booked: Counter[date]) -> None:
        booked[day] -= 1
        for each in left.resource_ids:
            old = self._by_id.get(each)
            if old:
                old.diary.remove(booking_id)
                old.booked_by_day[day] -= 1

    def _asked_by(self, wish: Wish, barred: Collection[UUID]) -> Sequence[Requirement]:
        """Return the requirements as they are to a wish."""
        asked = narrowed(self._services.get(wish.terms.service_id, ()), wish.resource_ids)
        return [
            Requirement(
                role,
                tuple(_taken(each, wish) if each.id in barred else _left_by(each, wish) for each in candidates),
            )
            for role, candidates in asked
        ]

    def _counts_without(self, wish: Wish) -> Mapping[date, int]:
        counts = self._booked.get(wish.terms.service_id, Counter())
        if wish.leaves is None:
            return counts
        return counts - Counter([_day(wish.terms, wish.leaves.start)])


def _left_by(candidate: Candidate, wish: Wish) -> Candidate:
    """Return the candidate as it is to a wish: without the place that the wish would leave."""
    if wish.leaves is None or candidate.id not in wish.leaves.resource_ids:
        return candidate
    return replace(
        candidate,
        diary=candidate.diary.without(wish.booking_id),
        booked_by_day=candidate.booked_by_day - Counter([_day(wish.terms, wish.leaves.start)]),
    )


def _taken(candidate: Candidate, wish: Wish) -> Candidate:
    """Return the candidate as if somebody else had what is wished for, and leave its own diary alone."""
    somebody = _claim(wish)._replace(service_id=ELSEWHERE, booking_id=None)
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
