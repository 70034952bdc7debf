"""Invitations: a booking as an entry for calendars, to be put in or taken out (RFC 5545, RFC 5546). Pure."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from domain.notifications.rules.letters import Invitation, Party
from domain.notifications.rules.notices import Notice

METHODS = {
    Notice.CONFIRMED: "REQUEST",
    Notice.RESCHEDULED: "REQUEST",
    Notice.CANCELLED: "CANCEL",
}
"""What the calendar of whoever gets such a message is asked to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stands in a calendar. It is known again by its *uid*, and the highest *sequence* is believed."""

    uid: str
    sequence: int
    summary: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    organizer: Party
    attendee: Party
    stamp: datetime


def invitation(method: str, entry: Entry) -> Invitation:
    """Return the entry for a calendar to put in, or (`CANCEL`) to take out."""
    zone = ZoneInfo(entry.timezone)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _person(entry.organizer))
    guest = _person(entry.attendee)
    guest.params["PARTSTAT"] = vText("ACCEPTED")
    guest.params["RSVP"] = vText("FALSE")
    event.add("attendee", guest)
    calendar = Calendar()
    calendar.add("prodid", "-//AionBooking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return Invitation(method=method, body=calendar.to_ical())


def _person(party: Party) -> vCalAddress:
    person = vCalAddress(f"mailto:{party.address}")
    if party.name:
        person.params["CN"] = vText(party.name)
    return person
