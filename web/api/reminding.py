"""Whether one is reminded of one's bookings at a business: looked at, and turned off and on again."""

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, retried
from domain.bookings import service as booking_service
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.notifications import service as notifications
from web.answers import Answer, shown
from web.api.calendars import bookings
from web.auth import caller, for_guests
from web.openapi import operation
from web.schemas.bookings import BookingPath
from web.schemas.reminding import RemindingRequest, RemindingView

__all__ = ["bookings"]


@operation(bookings.get, "/<booking_id>/reminders", success={200: RemindingView})
@for_guests
def get_reminding(path: BookingPath) -> Response:
    """Tell whether the customer of a booking is reminded of their bookings at its business."""
    with reading() as session:
        booking = booking_service.seen(session, path.booking_id, caller=caller())
        is_reminded = notifications.wish_of(session, booking)
    return shown(RemindingView.of(booking, is_reminded=is_reminded)).response()


@operation(
    bookings.put,
    "/<booking_id>/reminders",
    success={200: RemindingView, 202: RemindingView},
    problems=("customers_only",),
)
@for_guests
def change_reminding(path: BookingPath, body: RemindingRequest) -> Response:
    """Turn reminders and follow-ups off, or on again. For the booking's customer, also by its manage link.

    It holds for the customer's address at the business, as the link in every reminder does. By the manage link, turning them
    on again is 202: that address is mailed a link to do so, once a day at most, and `is_reminded` stays false until it is followed.
    """

    def work(session: Session) -> Answer:
        booking = booking_service.seen(session, path.booking_id, caller=caller())
        wanted = body.is_reminded
        is_reminded = notifications.wish(session, booking, is_reminded=wanted, caller=caller(), now=clock())
        view = RemindingView.of(booking, is_reminded=is_reminded)
        if is_reminded == wanted:
            return shown(view)
        place = f"/api/bookings/{public_id(Kind.BOOKING, booking.id)}/reminders"
        return shown(view, status=202, headers={"Location": place})

    return retried(work).response()
