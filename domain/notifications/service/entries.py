"""Entries: what a mail asks the calendar of its reader to do, with the same appointment as downloads and feeds show."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.bookings import service as bookings
from domain.bookings.queries.feeds import Entry
from domain.bookings.rules import Status
from domain.kernel.addresses import folded
from domain.kernel.calendars import Method, Person, invite
from domain.notifications import queries
from domain.notifications.queries import About
from domain.notifications.rules.letters import Invitation, Party, unlinked
from domain.notifications.rules.notices import ENTRIES, TOLD_BY_ENTRIES, Audience, Notice


def invitation(about: About, sender: Party, recipient: Party, *, host: str, now: datetime) -> Invitation | None:
    """Return what a calendar is asked to do; None: nothing. No link that opens the booking stands there: calendars are shared.

    Staff read who comes, and customers where to.
    """
    row, booking = about.notification, about.booking
    method = ENTRIES.get(Notice(row.kind))
    if method is None or booking.status not in {Status.CONFIRMED, Status.CANCELLED}:
        return None
    if method is Method.CANCEL and not about.has_entry:
        return None
    if row.audience == Audience.STAFF and not _hears_on(about):
        return None
    entry = Entry(booking, about.service.name, about.business.name)
    appointment = (
        bookings.for_members(entry, host=host, now=now, quoted=unlinked)
        if row.audience == Audience.STAFF
        else bookings.for_customer(entry, host=host, now=now)
    )
    organizer = Person(name=sender.name, email=sender.address)
    attendee = Person(name=recipient.name or recipient.address, email=recipient.address)
    return Invitation(method=method.value, body=invite(appointment, method, organizer=organizer, attendee=attendee))


def _hears_on(about: About) -> bool:
    """Tell whether staff hear whatever becomes of a booking: else an entry would stay in their calendars as it was."""
    return {*TOLD_BY_ENTRIES} <= {*(about.settings.staff_notices if about.settings else ())}


def is_listed(about: About) -> bool:
    """Tell whether a business has its staff told at a message's address."""
    listed = about.settings.staff_addresses if about.settings else ()
    return folded(about.notification.address) in {*map(folded, listed)}


def serves(session: Session, about: About) -> bool:
    """Tell whether a message goes to a user who serves its booking, by what it is now."""
    serving = queries.serving(session, [UUID(each["resource_id"]) for each in about.booking.resources])
    return folded(about.notification.address) in serving
