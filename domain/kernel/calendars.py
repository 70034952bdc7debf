"""Calendars: appointments as iCalendar text (RFC 5545), for mails (RFC 5546), downloads and feeds. Pure.

The same appointment is always written the same way, so that what has not changed has the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

PRODUCT = "-//AionBooking//AionBooking//EN"
END = b"END:VCALENDAR\r\n"
AROUND = timedelta(days=1)
AFRESH = timedelta(hours=1)
"""How often a calendar is asked to read a feed again."""


class Method(StrEnum):
    """What a mail asks the calendar of its reader to do with the appointment that it carries."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Standing(StrEnum):
    """How sure an appointment is."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who invites, or is invited."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What a calendar shows. *uid* stays the same whatever becomes of it, *sequence* rises with each change."""

    uid: str
    sequence: int
    standing: Standing
    starts_at: datetime
    ends_at: datetime
    timezone: str
    summary: str
    changed_at: datetime
    description: str = ""
    location: str = ""
    url: str | None = None


class Shift(NamedTuple):
    """A moment at which the clocks of a zone change, and from what to what."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def invite(about: Appointment, method: Method, *, organizer: Person, attendee: Person) -> bytes:
    """Return the calendar part of a mail to *attendee*; a mail that cancels says so whatever the appointment's standing."""
    event = _event(about)
    if method is Method.CANCEL:
        event["STATUS"] = vText(Standing.CANCELLED.value)
    event.add("organizer", _address(organizer))
    guest = _address(attendee)
    # What it says is settled between the two already: nobody's calendar needs to send an answer.
    guest.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    event.add("attendee", guest)
    return _written(_calendar(method.value), [about], [event.to_ical()])


def published(appointments: Sequence[Appointment], *, name: str | None = None) -> bytes:
    """Return appointments for a download, or under a *name* for a feed."""
    calendar = _calendar("PUBLISH")
    if name is not None:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", AFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    return _written(calendar, appointments, map(_text, appointments))


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _written(calendar: Calendar, appointments: Sequence[Appointment], events: Iterable[bytes]) -> bytes:
    for timezone in sorted({each.timezone for each in appointments}):
        theirs = [each for each in appointments if each.timezone == timezone]
        first, last = min(each.starts_at for each in theirs), max(each.ends_at for each in theirs)
        calendar.add_component(_zone(timezone, first - AROUND, last + AROUND))
    frame: bytes = calendar.to_ical()
    return b"".join((frame.removesuffix(END), *events, END))


@lru_cache(maxsize=2000)
def _text(about: Appointment) -> bytes:
    """Return an appointment's own lines. Feeds are read every hour, and few of their appointments have changed since."""
    lines: bytes = _event(about).to_ical()
    return lines


def _event(about: Appointment) -> Event:
    event = Event()
    event.add("uid", about.uid)
    event.add("dtstamp", about.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", about.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", about.sequence)
    event.add("status", about.standing.value)
    event.add("dtstart", _told(about.starts_at, about.timezone))
    event.add("dtend", _told(about.ends_at, about.timezone))
    event.add("summary", about.summary)
    for name in ("description", "location", "url"):
        if getattr(about, name):
            event.add(name, getattr(about, name))
    return event


def _told(at: datetime, timezone: str) -> datetime:
    """Return a moment by the clocks of its zone; in the second pass of a repeated hour by UTC, for those mean the first."""
    local = at.astimezone(ZoneInfo(timezone))
    return at.astimezone(UTC) if local.fold else local


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(person.name)
    return address


def _zone(timezone: str, first: datetime, last: datetime) -> Timezone:
    """Return a zone's clocks between two moments: as they are at first, and each change of them.

    By our own zone rules and not by the library's, which tells the hour at which summer time begins by the clock that is
    put forward and not by the one that was (RFC 5545, 3.6.5).
    """
    zone = ZoneInfo(timezone)
    begin = first.astimezone(zone)
    component = Timezone()
    component.add("tzid", timezone)
    component.add_component(_clocks(_shift(zone, first), [begin.replace(tzinfo=None, microsecond=0)]))
    alike = sorted(_shifts(zone, first, last), key=lambda each: (each[1:], each.at))
    observed = [[*group] for _, group in groupby(alike, key=lambda each: each[1:])]
    for group in sorted(observed, key=lambda each: each[0].at):
        component.add_component(_clocks(group[0], [_wall(each.at, each.before) for each in group]))
    return component


def _clocks(shift: Shift, begins: Sequence[datetime]) -> Component:
    made: Component = TimezoneDaylight() if shift.is_summer else TimezoneStandard()
    made.add("tzname", shift.name)
    made.add("tzoffsetfrom", shift.before)
    made.add("tzoffsetto", shift.after)
    made.add("dtstart", begins[0])
    for each in begins[1:]:
        made.add("rdate", each)  # a line of its own: of a list some readers take the first only
    return made


def _shifts(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[Shift]:
    """Yield the changes between two moments; none of the tz database undoes another within a day."""
    days = [first + timedelta(days=day) for day in range((last - first).days + 2)]
    for before, after in pairwise(days):
        if _offset(zone, before) != _offset(zone, after):
            yield _shift(zone, _moment(zone, before, after), before)


def _moment(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the second at which the offset of *before* is over."""
    old = _offset(zone, before)
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _shift(zone: ZoneInfo, at: datetime, before: datetime | None = None) -> Shift:
    local = at.astimezone(zone)
    return Shift(
        at, _offset(zone, before or at), _offset(zone, at), local.tzname() or str(zone), is_summer=bool(local.dst())
    )


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _wall(at: datetime, offset: timedelta) -> datetime:
    return (at.astimezone(UTC) + offset).replace(tzinfo=None)
