"""Bookings: ask for one, list them, look at one and at what happened to it, change its status."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from config.clock import clock
from config.settings import settings
from config.transaction import Session, reading
from domain.availability.rules.model import Code
from domain.bookings import service as booking_service
from domain.bookings.rules import Status
from domain.bookings.tables import Booking, Reschedule
from domain.payments import service as payment_service
from web.alternatives import alternatives_to
from web.answers import Answer, shown
from web.auth import caller, for_guests
from web.deciding import accepted, place_of, refusal, told
from web.describing import IDEMPOTENCY_KEY, IF_MATCH, PREFER
from web.idempotency import performed, write
from web.openapi import noun, operation
from web.pagination import after, listed, position
from web.quotes import GOOD_FOR, fee_of, quoted
from web.schemas.booking_lists import BookingList, BookingsQuery, HistoryQuery, MoveList, MoveView
from web.schemas.booking_requests import BookingRequest, StatusRequest
from web.schemas.bookings import BookingPath, BookingQuery, BookingView, RescheduleView
from web.schemas.payments import QuoteView
from web.versions import expected_versions
from web.waiting import waiting

bookings = noun("bookings", "Who comes when. A booking is accepted as `pending`, and decided in order of acceptance.")

REJECTIONS = tuple(code.value for code in Code)
MOVES: Mapping[str, Callable[..., Booking]] = {
    "confirm": booking_service.confirm,
    "confirmed": booking_service.confirm,
    "approve": booking_service.confirm,
    "approved": booking_service.confirm,
    "decline": booking_service.decline,
    "declined": booking_service.decline,
    "cancel": booking_service.cancel,
    "cancelled": booking_service.cancel,
    "complete": booking_service.complete,
    "completed": booking_service.complete,
    "no_show": booking_service.no_show,
}


@operation(
    bookings.post,
    "",
    success={201: BookingView, 202: BookingView},
    problems=(
        *("not_found", "price_changed", "party_above_capacity", "resource_not_offered"),
        *("nonexistent_local_time", "ambiguous_local_time", "members_only", "own_resources_only", "too_many_holds"),
        *REJECTIONS,
    ),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def create_booking(body: BookingRequest) -> Response:
    """Ask for a booking.

    It is accepted as `pending` (202) and decided within moments. With `Prefer: wait=10` the answer is the decision:
    201, or a 409 problem with `booking_id` and `alternatives`; 202 when that takes longer.

    It is yours: `customer` names somebody else whom it is for, who gets no rights by that. Members of the business may
    `override` its notice, its booking window and its hours, staff on their own resource, which `resource_id` then names.
    """

    def work(session: Session) -> Answer:
        with body.naming():
            booking = booking_service.request(
                session, body.command(), caller=caller(), now=clock(), max_holds=settings().max_holds
            )
        return accepted(booking, BookingView.of(booking, now=clock()), booking.id)

    return told(performed(work), _outcome)


@operation(bookings.get, "", success={200: BookingList}, problems=("not_found", "invalid_cursor"))
def list_bookings(query: BookingsQuery) -> Response:
    """List bookings, the newest first: those that you made or are the customer of, and those of your businesses.

    A filter for what you may not see finds nothing. `status` may be repeated, and is the status as it reads now.
    """
    now = clock()
    with reading() as session:
        rows = booking_service.found(
            session, query.sought(), caller=caller(), after=after(query), limit=query.limit + 1, now=now
        )
        moved = booking_service.last_reschedules(session, [row.id for row in rows])
    return listed(
        query, rows, view=lambda row: shown_booking(row, moved.get(row.id), now), key=lambda row: [str(row.id)]
    )


@operation(bookings.get, "/<booking_id>", success={200: BookingView})
@for_guests
def get_booking(path: BookingPath, query: BookingQuery) -> Response:
    """Show one booking; with `wait`, not before it and its reschedule are decided or the time is over."""
    _, view = _look(path.booking_id)
    if query.wait and view.is_open:
        waiting().wait(path.booking_id, query.wait)
        _, view = _look(path.booking_id)
    return shown(view).response()


@operation(
    bookings.patch,
    "/<booking_id>/status",
    success={200: BookingView},
    problems=(
        *("members_only", "own_resources_only", "invalid_transition", "still_pending", "payment_required"),
        *("already_started", "not_started", "stale_version", "quote_expired"),
    ),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
@for_guests
def change_booking_status(path: BookingPath, body: StatusRequest) -> Response:
    """Confirm (approve), decline, cancel or complete a booking, or say that nobody came.

    The customer may cancel until the start. The rest is for members of the business: owners and admins, and staff on
    the bookings of the resource that they are. `reason` is kept in the history.
    """
    move = MOVES[body.status]

    def work(session: Session) -> Answer:
        said: dict[str, Any] = {"versions": expected_versions(), "note": body.reason or None}
        if body.quote is not None and move is booking_service.cancel:
            said["quoted_fee"] = fee_of(body.quote, path.booking_id, caller().user_id, now=clock())
        booking = move(session, path.booking_id, caller=caller(), now=clock(), **said)
        view = shown_booking(booking, booking_service.last_reschedule(session, booking.id), clock())
        return shown(view, object_id=booking.id)

    return write(work, show=lambda booking_id: shown(_look(booking_id)[1]))


@operation(
    bookings.get,
    "/<booking_id>/cancellation-quote",
    success={200: QuoteView},
    problems=("own_resources_only", "invalid_transition", "already_started"),
)
@for_guests
def quote_cancellation(path: BookingPath) -> Response:
    """Tell what cancelling a booking would cost you now, and what would go back, before anybody cancels.

    Send `quote` with the cancellation within ten minutes: no higher fee is kept then, whatever the clock says by then.
    """
    now = clock()
    with reading() as session:
        found = payment_service.cancellation_quote(session, path.booking_id, caller=caller(), now=now)
    view = QuoteView.of(
        found,
        path.booking_id,
        quote=quoted(path.booking_id, caller().user_id, found.fee, now=now),
        valid_until=now + GOOD_FOR,
    )
    return shown(view).response()


@operation(bookings.get, "/<booking_id>/history", success={200: MoveList}, problems=("invalid_cursor",))
def list_booking_history(path: BookingPath, query: HistoryQuery) -> Response:
    """List what happened to a booking, one line for each of its versions, first things first."""
    begin = position(query)
    with reading() as session:
        lines = booking_service.history(
            session, path.booking_id, caller=caller(), after=int(begin[0]) if begin else 0, limit=query.limit + 1
        )
    return listed(query, lines, view=MoveView.of, key=lambda line: [line.version])


def _outcome(booking_id: UUID, *, decided: bool) -> Answer | Response:
    """Answer with the booking as it stands: as decided, if that is asked for and so."""
    booking, view = _look(booking_id)
    if not decided or view.status is Status.PENDING:
        return accepted(booking, view, booking_id)
    if view.rejection:
        return refusal(booking_id, view.rejection)
    return shown(view, status=201, headers={"Location": place_of(booking)})


def _look(booking_id: UUID) -> tuple[Booking, BookingView]:
    now = clock()
    with reading() as session:
        booking = booking_service.seen(session, booking_id, caller=caller())
        moved = booking_service.last_reschedule(session, booking_id)
        instead = alternatives_to(session, booking, now=now) if booking.rejection_code else []
    return booking, shown_booking(booking, moved, now, instead)


def shown_booking(
    booking: Booking, moved: Reschedule | None, now: datetime, instead: Sequence[dict[str, Any]] = ()
) -> BookingView:
    """Return a booking as it reads at *now*, with its latest reschedule and the alternatives to it."""
    reschedule = RescheduleView.of(moved) if moved else None
    return BookingView.of(booking, now=now, alternatives=instead, reschedule=reschedule)
