"""What is written down for one resource, and the quick way to see what meets a span."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from domain.availability.rules.spans import Span, overlap
from domain.availability.rules.zones import DAY

_LONG = 62 * DAY  # years of time off are one entry, not thousands


class Occupied(NamedTuple):
    """A live claim on a resource; its footprint has the buffers it was made with.

    *booking_id* says whose it is, where that matters: a booking that moves does not stand in its own way. A tuple
    because they are read by the thousand.
    """

    start: int
    end: int
    footprint_start: int
    footprint_end: int
    seats: int
    service_id: UUID
    booking_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Time off or an outside event: it closes a resource entirely and has no buffers of its own."""

    start: int
    end: int


Entry = TypeVar("Entry")


class Diary:
    """The claims and closures of one resource, at least all that meet the time asked about.

    Whoever decides several bookings in turn adds each to the diary, so that the next one sees it.
    """

    __slots__ = ("_claims", "_closures", "_common")

    def __init__(
        self,
        occupied: Iterable[Occupied] = (),
        closures: Iterable[Closure] = (),
        common: "Diary | None" = None,
    ) -> None:
        """Write down what takes the resource; what closes it with all the others stands in a *common* diary."""
        self._common = common
        self._claims = _Index[Occupied]()
        self._closures = _Index[Closure]()
        for claim in occupied:
            self.add(claim)
        for closure in closures:
            self._closures.add((closure.start, closure.end), closure)

    def add(self, claim: Occupied) -> None:
        """Write down one more claim."""
        self._claims.add((claim.footprint_start, claim.footprint_end), claim)

    def without(self, booking_id: UUID) -> "Diary":
        """Return this diary as it would be without a booking's claims."""
        kept = (each for each in self.claims() if each.booking_id != booking_id)
        return Diary(kept, self._closures.entries, self._common)

    def remove(self, booking_id: UUID) -> None:
        """Cross out a booking's claims."""
        entries, self._claims = self.claims(), _Index[Occupied]()
        for claim in entries:
            if claim.booking_id != booking_id:
                self.add(claim)

    def claims(self) -> Collection[Occupied]:
        """Return every claim, in the order of writing."""
        return self._claims.entries

    def closures(self) -> Collection[Closure]:
        """Return every closure, in the order of writing, the common ones last."""
        return [*self._closures.entries, *(self._common.closures() if self._common else ())]

    def claims_in(self, footprint: Span) -> Iterator[Occupied]:
        """Yield each claim whose footprint overlaps *footprint*, once."""
        return self._claims.meeting(footprint)

    def closures_in(self, footprint: Span) -> Iterator[Closure]:
        """Yield each closure that overlaps *footprint*, once."""
        yield from self._closures.meeting(footprint)
        if self._common:
            yield from self._common.closures_in(footprint)


class _Index(Generic[Entry]):
    """Entries, and each under the UTC days that it touches once somebody asks; empty spans occupy nothing."""

    __slots__ = ("_by_day", "_long", "_unsorted", "entries")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._unsorted: list[tuple[Span, Entry]] = []
        self._by_day: defaultdict[int, list[tuple[Span, Entry]]] = defaultdict(list)
        self._long: list[tuple[Span, Entry]] = []

    def add(self, span: Span, entry: Entry) -> None:
        if span[0] < span[1]:
            self.entries.append(entry)
            self._unsorted.append((span, entry))

    def meeting(self, asked: Span) -> Iterator[Entry]:
        self._sort()
        for span, entry in self._long:
            if overlap(span, asked):
                yield entry
        for day in _days(asked):
            for span, entry in self._by_day.get(day, ()):
                # under several days it counts on the first that both touch
                if overlap(span, asked) and day == max(span[0], asked[0]) // DAY:
                    yield entry

    def _sort(self) -> None:
        for span, entry in self._unsorted:
            if span[1] - span[0] > _LONG:
                self._long.append((span, entry))
                continue
            for day in _days(span):
                self._by_day[day].append((span, entry))
        self._unsorted.clear()


def _days(span: Span) -> range:
    return range(span[0] // DAY, (span[1] - 1) // DAY + 1)
