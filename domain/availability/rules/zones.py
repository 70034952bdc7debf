"""Local time and instants, in both directions, by the tz database.

Everything here follows from one question that zoneinfo answers reliably, the offset at an instant. A stretch of one
offset is a ``Piece``; a zone is a row of them. A local date is the set of instants that read that date, which is not
always one span: where clocks go back at 00:01 it is two.

Days are counted from 1970-01-01 (day 0), so that arithmetic on them is arithmetic on integers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from domain.availability.rules.spans import Span, merged
from domain.kernel.errors import AmbiguousLocalTime, NonexistentLocalTime

MINUTE = 60
DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_ZERO = _EPOCH.toordinal()
_EARLIEST = int((datetime(1, 1, 3, tzinfo=UTC) - _EPOCH).total_seconds())
_LATEST = int((datetime(9999, 12, 29, tzinfo=UTC) - _EPOCH).total_seconds())
_PROBE = 2 * DAY  # the two closest changes in the whole database are 6.96 days apart
_PAGE = 128 * DAY
_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalStart:
    """A wall time in the business's zone; *fold* tells the two passes of a repeated one apart."""

    day: date
    at: time
    fold: Literal[0, 1] | None = None


class Piece(NamedTuple):
    """Instants ``[start, end)`` at which clocks show UTC plus ``offset`` seconds."""

    start: int
    end: int
    offset: int


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NOT_PLACES


def valid_zone(name: str) -> bool:
    """Say whether *name* is a zone of the tz database, spelt as it spells it.

    ``ZoneInfo`` opens whatever file lies at the name; this admits neither paths nor the machine's own setting.
    """
    return name in _names()


def day_number(day: date) -> int:
    """Count the days from 1970-01-01 to *day*."""
    return day.toordinal() - _DAY_ZERO


def date_of(number: int) -> date:
    """Name the date of a day number; beyond the calendar's ends it is the last date there is."""
    return date.fromordinal(min(max(number + _DAY_ZERO, 1), date.max.toordinal()))


def local_day(at: int, zone: ZoneInfo) -> int:
    """Return the number of the local date at an instant."""
    return next((at + piece.offset) // DAY for piece in _page(zone, at // _PAGE) if at < piece.end)


def next_date(at: int, zone: ZoneInfo) -> int:
    """Return the first instant after another at which the zone's clocks read another date, be it the one before."""
    day = local_day(at, zone)
    return next(end for start, end in spans_of_days(day, day, zone) if start <= at < end)


def instant(day: int, minute: int, zone: ZoneInfo) -> int:
    """Map a local time, *minute* minutes after midnight of *day*, to its instant as RFC 5545 does.

    A repeated time is its first pass; a missing one is read with the offset before the gap, so it shifts forward by
    the gap. Minutes may run past 1440 into the days that follow.
    """
    local = day * DAY + minute * MINUTE
    offset = 0
    for piece in _page(zone, local // _PAGE):
        if local < piece.end + piece.offset:  # the first piece whose clocks have not passed this time
            return local - (piece.offset if piece.start + piece.offset <= local else offset)
        offset = piece.offset
    raise AssertionError("a page reaches beyond every local time it is asked for")


def resolve(day: date, at: time, zone: ZoneInfo, fold: Literal[0, 1] | None = None) -> int:
    """Find the instant of a local time that somebody asks for; *fold* picks the pass of a repeated one.

    Raises NonexistentLocalTime in a gap, AmbiguousLocalTime for a repeated time without a fold.
    """
    local = day_number(day) * DAY + (at.hour * 60 + at.minute) * MINUTE + at.second
    passes = [
        local - piece.offset
        for piece in _page(zone, local // _PAGE)
        if piece.start + piece.offset <= local < piece.end + piece.offset
    ]
    if not passes:
        raise NonexistentLocalTime(local=f"{day} {at:%H:%M}", timezone=zone.key)
    if len(passes) > 1 and fold is None:
        raise AmbiguousLocalTime(local=f"{day} {at:%H:%M}", timezone=zone.key)
    return passes[-1] if fold else passes[0]


def begin_of(start: LocalStart | datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a start. Raises as `resolve` for a wall time that is not one."""
    if isinstance(start, datetime):
        return start.astimezone(UTC)
    return datetime.fromtimestamp(resolve(start.day, start.at, zone, start.fold), UTC)


def days_between(first: int, last: int, zone: ZoneInfo) -> list[int]:
    """List the local dates from *first* to *last*, both included, that exist in the zone."""
    walls = ((piece.start + piece.offset, piece.end + piece.offset) for piece in _pieces(first, last, zone))
    return sorted(
        {day for start, end in walls for day in range(max(first, start // DAY), min(last, (end - 1) // DAY) + 1)}
    )


def spans_of_days(first: int, last: int, zone: ZoneInfo) -> tuple[Span, ...]:
    """Return the instants whose local date is one of *first* to *last*, both included."""
    return merged(
        (max(piece.start, first * DAY - piece.offset), min(piece.end, (last + 1) * DAY - piece.offset))
        for piece in _pieces(first, last, zone)
    )


def offsets(start: int, end: int, zone: ZoneInfo) -> list[Piece]:
    """Cut the instants ``[start, end)`` into pieces of one offset, ascending; neighbours may have the same."""
    found = []
    for page in range(start // _PAGE, (end - 1) // _PAGE + 1):
        first, last = max(start, page * _PAGE), min(end, (page + 1) * _PAGE)
        cut = (Piece(max(each.start, first), min(each.end, last), each.offset) for each in _page(zone, page))
        found += [each for each in cut if each.start < each.end]
    return found


def _pieces(first: int, last: int, zone: ZoneInfo) -> Iterator[Piece]:
    """Yield the pieces around some local dates; where two pages meet they overlap."""
    for page in range(first * DAY // _PAGE, last * DAY // _PAGE + 1):
        yield from _page(zone, page)


@lru_cache(maxsize=4096)
def _page(zone: ZoneInfo, number: int) -> tuple[Piece, ...]:
    """Cut *_PAGE* seconds of a zone's history, and two days either side, into pieces of one offset.

    The days either side make room for offsets: an instant and its local reading never lie further apart than one.
    """
    start, end = number * _PAGE - 2 * DAY, (number + 1) * _PAGE + 2 * DAY
    edges = [start]
    for probe in range(start, end, _PROBE):
        upto = min(probe + _PROBE, end)
        if _offset(probe, zone) != _offset(upto, zone):
            edges.append(_change(probe, upto, zone))
    return tuple(
        Piece(begin, until, _offset(begin, zone)) for begin, until in zip(edges, [*edges[1:], end], strict=True)
    )


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """Find the first instant with the offset of *after*, by halving."""
    then = _offset(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle, zone) == then:
            after = middle
        else:
            before = middle
    return after


def _offset(at: int, zone: ZoneInfo) -> int:
    """Ask the database for the offset at an instant; beyond the calendar's ends it stays what it was there."""
    utc = _EPOCH + timedelta(seconds=min(max(at, _EARLIEST), _LATEST))
    return int((utc.astimezone(zone).replace(tzinfo=UTC) - utc).total_seconds())
