"""Rescheduling: another place for a booking, decided in the same queue as new ones."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import AWAY, Session, reading
from domain.bookings import service as booking_service
from domain.bookings.tables import Booking, Reschedule
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.api.bookings import REJECTIONS, bookings
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH, PREFER
from web.idempotency import performed
from web.openapi import operation
from web.problems import refused
from web.schemas.availability import alternatives
from web.schemas.bookings import BookingPath, BookingView, RescheduleView
from web.schemas.reschedules import RescheduleRequest
from web.versions import expected_versions
from web.waiting import preferred_wait, waiting

__all__ = ["bookings"]


@operation(
    bookings.post,
    "/<booking_id>/reschedule",
    success={200: BookingView, 202: BookingView},
    problems=(
        *("members_only", "own_resources_only", "still_pending", "not_reschedulable", "already_started"),
        *("policy_window_closed", "reschedule_in_progress", "party_above_capacity", "resource_not_offered"),
        "stale_version",
        *("nonexistent_local_time", "ambiguous_local_time"),
        *REJECTIONS,
    ),
    takes=(IDEMPOTENCY_KEY, IF_MATCH, PREFER),
)
def reschedule_booking(path: BookingPath, body: RescheduleRequest) -> Response:
    """Ask for another place for a booking; it keeps its own until it has won the other.

    Accepted as a pending `reschedule` (202) and decided within moments. With `Prefer: wait=10` the answer is the
    decision: 200 with the booking where it is now, or a 409 problem with `alternatives` and the booking as it was.
    """

    def work(session: Session) -> Answer:
        wanted, now = body.command(), clock()
        row = booking_service.reschedule(
            session, path.booking_id, wanted, caller=caller(), now=now, versions=expected_versions()
        )
        booking = booking_service.seen(session, path.booking_id, caller=caller())
        return _accepted(booking, row)

    answer, replayed = performed(work)
    again = {"Idempotency_Replayed": "true"} if replayed else {}
    wait = preferred_wait()
    if wait is None and not replayed:
        return answer.response()
    assert answer.object_id is not None  # noqa: S101 - work has put it there
    try:
        return _decided(path.booking_id, answer.object_id, wait, again)
    except AWAY:
        if answer.body is None:
            raise
        return answer.response()  # it is accepted, whatever has become of the database since


def _accepted(booking: Booking, row: Reschedule) -> Answer:
    view = BookingView.of(booking, now=clock(), reschedule=RescheduleView.of(row))
    headers = {"Location": f"/api/bookings/{public_id(Kind.BOOKING, booking.id)}", "Retry-After": "1"}
    return shown(view, status=202, headers=headers, object_id=row.id)


def _decided(booking_id: UUID, reschedule_id: UUID, wait: int | None, headers: dict[str, str]) -> Response:
    """Answer with what has become of this reschedule after up to *wait* seconds."""
    if wait is not None and waiting().wait(booking_id, wait):
        headers = {**headers, "Preference_Applied": f"wait={wait}"}
    with reading() as session:
        row, booking = booking_service.reschedule_of(session, reschedule_id, caller=caller())
        free = None
        if row.status == "refused":
            free = booking_service.alternatives(session, booking, now=clock(), wanted=row)
    if row.status == "pending":
        return _accepted(booking, row).response(**headers)
    view = RescheduleView.of(row, alternatives(free.slots, free.zone) if free else [])
    if row.status == "moved":
        return shown(BookingView.of(booking, now=clock(), reschedule=view)).response(**headers)
    return _lost(booking, view, headers)


def _lost(booking: Booking, view: RescheduleView, headers: dict[str, str]) -> Response:
    booking_id = public_id(Kind.BOOKING, booking.id)
    if view.rejection is None:
        detail = f"The booking has come to an end ({booking.status}) before it could be moved."
        response = refused("not_reschedulable", detail, booking_id=booking_id)
    else:
        told = view.rejection.dump()
        response = refused(
            view.rejection.code,
            view.rejection.detail,
            booking_id=booking_id,
            reasons=told["reasons"],
            alternatives=told["alternatives"],
        )
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response
