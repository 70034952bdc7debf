"""When a schedule is open: the blocks of each local date and the stretches they join into (rules 1, 2, 3 and 11)."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from domain.availability.rules.model import Block, Hours
from domain.availability.rules.spans import Span, merged
from domain.availability.rules.zones import date_of, days_between, instant, local_day

_MIDNIGHT = 24 * 60
_THURSDAY = 3  # the weekday of day 0
_NIGHTS_BEFORE = 2  # a block outlives its date by a night, and by a date more where the zone skipped one


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """The opening time of some dates: *blocks* start grids, date by date; *stretches* are their union."""

    blocks: tuple[Span, ...]
    stretches: tuple[Span, ...]

    def closes(self, at: int) -> int:
        """Return when the stretch that is open at an instant ends; the instant itself if it is closed."""
        index = bisect_right(self.stretches, at, key=itemgetter(0)) - 1
        return max(at, self.stretches[index][1]) if index >= 0 else at

    def has_start(self, at: int, interval: int) -> bool:
        """Say whether some block's grid starts at an instant."""
        return any(at in range(*block, interval) for block in self.blocks)

    def starts(self, interval: int, duration: int, span: Span) -> list[int]:
        """List the grid starts in *span* with *duration* of open time ahead of them, ascending, each once."""
        found: set[int] = set()
        for start, end in self.blocks:
            first = start + max(0, -((start - span[0]) // interval)) * interval
            found.update(range(first, min(end, self.closes(start) - duration + 1, span[1]), interval))
        return sorted(found)


def openings(hours: Hours, span: Span) -> Openings:
    """Return all opening time that meets *span*, and some around it."""
    first = local_day(span[0], hours.zone) - _NIGHTS_BEFORE
    return _openings(hours, first, local_day(span[1], hours.zone) + 1)


def closed_by_override(hours: Hours, at: int) -> bool:
    """Say whether an override names the local date of an instant, and leaves it without hours."""
    day = local_day(at, hours.zone)
    override = hours.overrides.get(date_of(day))
    return override is not None and not merged(_mapped(day, override, hours))


@lru_cache(maxsize=512)
def _openings(hours: Hours, first: int, last: int) -> Openings:
    blocks: list[Span] = []
    for day in days_between(first, last, hours.zone):
        wanted = hours.overrides.get(date_of(day), hours.weekly[(day + _THURSDAY) % 7])
        blocks.extend(merged(_mapped(day, wanted, hours)))
    return Openings(blocks=tuple(blocks), stretches=merged(blocks))


def _mapped(day: int, blocks: tuple[Block, ...], hours: Hours) -> Iterator[Span]:
    """Map the blocks of one date to instants; what the clocks skip comes out empty or reversed."""
    for start, end in blocks:
        until = end if end >= start else end + _MIDNIGHT
        yield instant(day, start, hours.zone), instant(day, until, hours.zone)
