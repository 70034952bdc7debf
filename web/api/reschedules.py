"""Rescheduling: another place for a booking, decided in the same queue as new ones."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import Session, reading
from domain.bookings import service as booking_service
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.alternatives import alternatives_to
from web.answers import Answer, shown
from web.api.bookings import REJECTIONS, bookings
from web.auth import caller, for_guests
from web.deciding import accepted, refusal, told
from web.describing import IDEMPOTENCY_KEY, IF_MATCH, PREFER
from web.idempotency import performed
from web.openapi import operation
from web.problems import refused
from web.schemas.bookings import BookingPath, BookingView, RescheduleView
from web.schemas.reschedules import RescheduleRequest
from web.versions import expected_versions

__all__ = ["bookings"]


@operation(
    bookings.post,
    "/<booking_id>/reschedule",
    success={200: BookingView, 202: BookingView},
    problems=(
        *("members_only", "own_resources_only", "still_pending", "not_reschedulable", "already_started"),
        *(
            "policy_window_closed",
            "reschedule_in_progress",
            "already_there",
            "resource_not_offered",
            "asked_for_no_more",
            "stale_version",
        ),
        *("nonexistent_local_time", "ambiguous_local_time"),
        *REJECTIONS,
    ),
    takes=(IDEMPOTENCY_KEY, IF_MATCH, PREFER),
)
@for_guests
def reschedule_booking(path: BookingPath, body: RescheduleRequest) -> Response:
    """Ask for another place for a booking; it keeps its own until it has won the other.

    Accepted as a pending `reschedule` (202) and decided within moments. With `Prefer: wait=10` the answer is the
    decision: 200 with the booking where it is now, or a 409 problem with `alternatives` and the booking as it was.
    """

    def work(session: Session) -> Answer:
        wanted, now = body.command(), clock()
        with body.naming():
            row = booking_service.reschedule(
                session, path.booking_id, wanted, caller=caller(), now=now, versions=expected_versions()
            )
        booking = booking_service.seen(session, path.booking_id, caller=caller())
        return accepted(booking, _view(booking, RescheduleView.of(row)), row.id)

    return told(performed(work), _outcome, booking_id=path.booking_id)


def _outcome(reschedule_id: UUID, *, decided: bool) -> Answer | Response:
    """Answer with what has become of this reschedule, whatever was asked for since."""
    now = clock()
    with reading() as session:
        row, booking = booking_service.reschedule_of(session, reschedule_id, caller=caller())
        instead = alternatives_to(session, booking, now=now, wanted=row) if row.rejection_code else []
    view = RescheduleView.of(row, instead)
    if not decided or row.status == "pending":
        return accepted(booking, _view(booking, view), row.id)
    if row.status == "moved":
        return shown(_view(booking, view))
    if view.rejection:
        return refusal(booking.id, view.rejection)
    why = f"The booking has come to an end ({booking.status}) before it could be moved."
    return refused("not_reschedulable", why, booking_id=public_id(Kind.BOOKING, booking.id))


def _view(booking: Booking, reschedule: RescheduleView) -> BookingView:
    return BookingView.of(booking, now=clock(), reschedule=reschedule)
