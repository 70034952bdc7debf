"""When a schedule is open, minute by minute (rules 1, 2, 3 and 11)."""

from collections.abc import Iterator
from itertools import islice

from tests.oracle.clocks import DAY, exists, minute_of, number_of, reading
from tests.oracle.world import Block, Blocks, Schedule

_THURSDAY = 3  # 1970-01-01 was one


class Opening:
    """The open minutes of a schedule on the dates *first* to *last* of its zone, with their nights."""

    def __init__(self, schedule: Schedule, first: int, last: int) -> None:
        self._zone = schedule.zone
        self._overrides = {number_of(day): blocks for day, blocks in schedule.overrides.items()}
        self._week = schedule.week
        self._by_date = {day: self._open_on(day) for day in range(first, last + 1) if exists(self._zone, day)}
        self._open = set[int]().union(*self._by_date.values())

    def is_open(self, minutes: range) -> bool:
        """Say whether every one of these minutes is open, whichever dates they belong to (open time joins)."""
        return self._open.issuperset(minutes)

    def is_closed_by_override(self, minute: int) -> bool:
        """Say whether a minute is closed, and an override leaves its date without any hours."""
        day = reading(self._zone, minute) // DAY
        return minute not in self._open and day in self._overrides and not self._open_on(day)

    def grid(self, interval: int) -> set[int]:
        """Return the minutes on the grids: from the start of each date's merged blocks, every *interval* minutes."""
        return {minute for minutes in self._by_date.values() for minute in _steps(minutes, interval)}

    def _open_on(self, day: int) -> set[int]:
        """Return the open minutes that belong to a date: what touches or overlaps is one by itself."""
        return {minute for block in self.blocks_of(day) for minute in self.mapped(day, block)}

    def blocks_of(self, day: int) -> Blocks:
        """Return the hours of a date: its override's if there is one, else those of its weekday."""
        return self._overrides.get(day, self._week[(day + _THURSDAY) % 7])

    def mapped(self, day: int, block: Block) -> range:
        """Return the minutes of a block; none where its start does not come before its end."""
        start, end = block
        if end < start:
            end += DAY
        return range(minute_of(self._zone, day * DAY + start), minute_of(self._zone, day * DAY + end))


def _steps(minutes: set[int], interval: int) -> Iterator[int]:
    """Yield the grid: of each run of minutes, which is a merged block, the first and every *interval*th after it."""
    for first in minutes:
        if first - 1 not in minutes:
            yield from islice(_run(minutes, first), None, None, interval)


def _run(minutes: set[int], first: int) -> Iterator[int]:
    """Yield the minutes from *first* on that follow one another."""
    minute = first
    while minute in minutes:
        yield minute
        minute += 1
