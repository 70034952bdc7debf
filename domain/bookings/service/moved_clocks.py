"""Moved clocks: which bookings to come the installed tz database shows at another time than was told, and what then.

A booking is its instant. Where a country changes its clocks, the instant stays, and the time that the customer was told
comes to be another one. What keeping that would mean is said here; nothing is moved.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability.rules.wall_times import Reading, read_again
from domain.availability.rules.zones import Piece, offsets, valid_zone
from domain.availability.service.hours import hours as hours_of
from domain.bookings.queries import moved_clocks as queries
from domain.bookings.queries.moved_clocks import Moment, Told, Zone
from domain.bookings.service.outlook import Outlook, outlooks
from domain.bookings.service.request import TZDATA
from domain.catalog.tables import Business
from domain.kernel.errors import NotFound


class Group(NamedTuple):
    """A business with something to come, in one zone, that clocks show otherwise than told."""

    business: Business
    timezone: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """How many were checked against the *installed* version, where to look, and the zones (by count) it does not have."""

    installed: str
    checked: int
    groups: Sequence[Group]
    unknown: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedClock:
    """A booking, or a place wished for, that clocks show otherwise than told; no *outlook* while it has no place.

    *shift* is by how many seconds it would move to keep its wall time. It is 0 where clocks skip that, and show the
    instant as RFC 5545 has it.
    """

    business: Business
    told: Told
    reading: Reading
    shift: int
    outlook: Outlook | None

    @property
    def start(self) -> int:
        """Return the instant at which it would start to keep its wall time."""
        return _seconds(self.told) + self.shift


def business_to_check(session: Session, slug_or_id: str) -> Business:
    """Return a business by slug or by public id, an archived one too. Errors: NotFound."""
    found = queries.business(session, slug_or_id)
    if found is None:
        raise NotFound(what="business")
    return found


def survey(session: Session, business: Business | None, *, now: datetime) -> Survey:
    """Check what a business, or (None) everybody, has to come; takes no locks."""
    moment = Moment(now=now, installed=TZDATA)
    checked: Counter[str] = Counter()
    groups: list[Group] = []
    for some in [[business]] if business else _batches(session):
        by_id = {each.id: each for each in some}
        zones = queries.zones(session, by_id, moment)
        checked.update({each.name: each.number for each in zones})
        pieces = {each.name: _pieces(each) for each in zones if valid_zone(each.name)}
        found = queries.groups(session, by_id, pieces, moment) if pieces else ()
        groups += [Group(by_id[business_id], zone, pieces[zone]) for business_id, zone in found]
    unknown = {zone: checked.pop(zone) for zone in sorted(checked) if not valid_zone(zone)}
    return Survey(installed=TZDATA, checked=checked.total(), groups=groups, unknown=unknown)


def of_group(session: Session, group: Group, *, now: datetime) -> Iterator[MovedClock]:
    """Yield those of a group, by their starts; some thousands are in memory at once. Takes no locks."""
    business, zone = group.business, ZoneInfo(group.timezone)
    moment = Moment(now=now, installed=TZDATA)
    hours = hours_of(session, business)
    for page in queries.told(session, business.id, {group.timezone: group.pieces}, moment):
        readings = [read_again(datetime.fromisoformat(each.local_start), zone) for each in page]
        shifts = {each.id: reading.shift(_seconds(each)) for each, reading in zip(page, readings, strict=True)}
        found = outlooks(session, business, hours, shifts, moment)
        for told, reading in zip(page, readings, strict=True):
            yield MovedClock(
                business=business, told=told, reading=reading, shift=shifts[told.id], outlook=found.get(told.id)
            )


def _batches(session: Session) -> Iterator[Sequence[Business]]:
    some = queries.businesses(session, after=None)
    while some:
        yield some
        some = queries.businesses(session, after=some[-1].id)


def _pieces(zone: Zone) -> Sequence[Piece]:
    return offsets(int(zone.first.timestamp()), int(zone.last.timestamp()) + 1, ZoneInfo(zone.name))


def _seconds(told: Told) -> int:
    return int(told.starts_at.timestamp())
