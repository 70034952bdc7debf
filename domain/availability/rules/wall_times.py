"""A wall time that somebody was told, read again by today's rules of its zone."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.availability.rules.zones import day_number, instant, resolve
from domain.kernel.errors import NonexistentLocalTime


class Reading(NamedTuple):
    """The instants at which clocks show a wall time: none where they skip it, two where they show it twice.

    *start* keeps the wall time as rule 11 says: the first pass, or where there is none, shifted forward by the gap.
    """

    start: int
    passes: tuple[int, ...]

    def shift(self, at: int) -> int:
        """Return by how many seconds something at an instant would move to keep its wall time; 0 on either pass."""
        return 0 if at in self.passes else self.start - at


def read_again(told: datetime, zone: ZoneInfo) -> Reading:
    """Read a wall time (naive, whole seconds) by today's rules."""
    day, at = told.date(), told.time()
    try:
        first, last = resolve(day, at, zone, fold=0), resolve(day, at, zone, fold=1)
    except NonexistentLocalTime:
        shifted = instant(day_number(day), at.hour * 60 + at.minute, zone)
        return Reading(shifted + at.second, ())
    return Reading(first, (first,) if first == last else (first, last))
