"""A booking for one's own calendar."""

from flask import Response

from config.clock import clock
from config.links import host
from config.transaction import reading
from domain.bookings import service as booking_service
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.api.manage_links import bookings
from web.auth import caller, for_guests
from web.calendars import CALENDAR, calendar
from web.describing import IF_CHANGED
from web.openapi import operation
from web.schemas.bookings import BookingPath

__all__ = ["bookings"]


@operation(bookings.get, "/<booking_id>/calendar.ics", success={200: CALENDAR, 304: None}, takes=(IF_CHANGED,))
@for_guests
def download_booking(path: BookingPath) -> Response:
    """Return a booking as an iCalendar file. Its `UID` stays the same whatever becomes of it, its `SEQUENCE` rises."""
    with reading() as session:
        found = booking_service.downloaded(session, path.booking_id, caller=caller(), host=host(), now=clock())
    return calendar([found], file_name=f"{public_id(Kind.BOOKING, path.booking_id)}.ics")
