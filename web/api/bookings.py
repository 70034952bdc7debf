"""Bookings: ask for one, look at it, confirm, cancel or complete it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import AWAY, Session, reading
from domain.availability.rules.model import Code
from domain.bookings import service as booking_service
from domain.bookings.rules import Status
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH, PREFER
from web.idempotency import performed, write
from web.openapi import noun, operation
from web.problems import refused
from web.schemas.availability import alternatives
from web.schemas.bookings import BookingPath, BookingQuery, BookingRequest, BookingView, RescheduleView, StatusRequest
from web.versions import expected_versions
from web.waiting import preferred_wait, waiting

bookings = noun("bookings", "Who comes when. A booking is accepted as `pending`, and decided in order of acceptance.")

REJECTIONS = tuple(code.value for code in Code)
MOVES: Mapping[str, Callable[..., Booking]] = {
    "confirm": booking_service.confirm,
    "confirmed": booking_service.confirm,
    "cancel": booking_service.cancel,
    "cancelled": booking_service.cancel,
    "complete": booking_service.complete,
    "completed": booking_service.complete,
}


@operation(
    bookings.post,
    "",
    success={201: BookingView, 202: BookingView},
    problems=(
        *("not_found", "price_not_accepted", "price_changed", "party_above_capacity", "resource_not_offered"),
        *("nonexistent_local_time", "ambiguous_local_time"),
        *REJECTIONS,
    ),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def create_booking(body: BookingRequest) -> Response:
    """Ask for a booking.

    It is accepted as `pending` (202) and decided within moments. With `Prefer: wait=10` the answer is the decision:
    201, or a 409 problem with `booking_id` and `alternatives`; 202 when that takes longer.
    """

    def work(session: Session) -> Answer:
        booking = booking_service.request(session, body.command(), caller=caller(), now=clock())
        return _accepted(BookingView.of(booking, now=clock()), booking.id)

    answer, replayed = performed(work)
    again = {"Idempotency_Replayed": "true"} if replayed else {}
    wait = preferred_wait()
    if wait is None and not replayed:
        return answer.response()
    assert answer.object_id is not None  # noqa: S101 - work has put it there
    try:
        return _decided(answer.object_id, wait, again)
    except AWAY:
        if answer.body is None:
            raise
        return answer.response()  # it is accepted, whatever has become of the database since


@operation(bookings.get, "/<booking_id>", success={200: BookingView})
def get_booking(path: BookingPath, query: BookingQuery) -> Response:
    """Show one booking; with `wait`, not before it and its reschedule are decided or the time is over."""
    view = _look(path.booking_id)
    if query.wait and view.is_open:
        waiting().wait(path.booking_id, query.wait)
        view = _look(path.booking_id)
    return shown(view).response()


@operation(
    bookings.patch,
    "/<booking_id>/status",
    success={200: BookingView},
    problems=(
        *("members_only", "invalid_transition", "still_pending", "payment_required"),
        *("already_started", "not_started", "stale_version"),
    ),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_booking_status(path: BookingPath, body: StatusRequest) -> Response:
    """Confirm, cancel or complete a booking.

    `confirm` (approve) and `complete` are for members of the business; the customer may cancel until the start.
    """

    def work(session: Session) -> Answer:
        move = MOVES[body.status]
        booking = move(session, path.booking_id, caller=caller(), now=clock(), versions=expected_versions())
        return shown(BookingView.of(booking, now=clock()))

    return write(work)


def _accepted(view: BookingView, booking_id: UUID) -> Answer:
    headers = {"Location": f"/api/bookings/{public_id(Kind.BOOKING, booking_id)}", "Retry-After": "1"}
    return shown(view, status=202, headers=headers, object_id=booking_id)


def _decided(booking_id: UUID, wait: int | None, headers: Mapping[str, str]) -> Response:
    """Answer with the booking as it stands after up to *wait* seconds."""
    if wait is not None and waiting().wait(booking_id, wait):
        headers = {**headers, "Preference_Applied": f"wait={wait}"}
    view = _look(booking_id)
    answer = _accepted(view, booking_id)
    if wait is None or view.status is Status.PENDING:
        return answer.response(**headers)
    if view.rejection:
        return _rejected(view, headers)
    return shown(view, status=201, headers={"Location": answer.headers["Location"]}).response(**headers)


def _rejected(view: BookingView, headers: Mapping[str, str]) -> Response:
    body: Any = view.dump()
    rejection = body["rejection"]
    response = refused(
        rejection["code"],
        rejection["detail"],
        booking_id=body["id"],
        reasons=rejection["reasons"],
        alternatives=rejection["alternatives"],
    )
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def _look(booking_id: UUID) -> BookingView:
    now = clock()
    with reading() as session:
        booking = booking_service.seen(session, booking_id, caller=caller())
        moved = booking_service.last_reschedule(session, booking_id)
        free = booking_service.alternatives(session, booking, now=now) if booking.rejection_code else None
    instead = alternatives(free.slots, free.zone) if free else []
    reschedule = RescheduleView.of(moved) if moved else None
    return BookingView.of(booking, now=now, alternatives=instead, reschedule=reschedule)
