"""Answering for what a worker decides: what was accepted, waited for if that is preferred, and told as it came out."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from flask import Response

from config.transaction import AWAY
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, View, shown
from web.idempotency import Done
from web.problems import refused
from web.schemas.bookings import BookingView, RejectionView
from web.waiting import IsOver, preferred_wait, waiting


def place_of(booking: Booking) -> str:
    """Return a booking's address."""
    return f"/api/bookings/{public_id(Kind.BOOKING, booking.id)}"


def standing(view: View, place: str, object_id: UUID, *, is_over: bool) -> Answer:
    """Answer with what a worker decides: 200 once that *is_over*, or 202 with the *place* where to look again.

    *object_id* is what a replay asks after.
    """
    if is_over:
        return shown(view)
    return shown(view, status=202, headers={"Location": place}, object_id=object_id)


def accepted(booking: Booking, view: BookingView, object_id: UUID) -> Answer:
    """Answer that something about a booking is accepted; *object_id* is what a replay asks after."""
    return standing(view, place_of(booking), object_id, is_over=False)


class Outcome(Protocol):
    """Tells what has become of what was accepted under an id: as *decided*, or just as it stands."""

    def __call__(self, object_id: UUID, /, *, decided: bool) -> Answer | Response:
        """Return the answer."""


def told(
    done: Done,
    outcome: Outcome,
    *,
    is_over: IsOver = bookings.is_decided,
    booking_id: UUID | None = None,
    patience: int | None = None,
) -> Response:
    """Answer with what was accepted, or with its outcome if the caller prefers to wait for it or asks again.

    It is waited for until it *is_over*: what was accepted, or of a booking that is something about it, *booking_id*.
    Who prefers nothing waits for as many seconds as *patience*; None: not at all, nor is it looked at again.
    Accepted it is, whatever becomes of the database then.
    """
    answer, replayed = done
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    wait = preferred_wait()
    held = patience if wait is None else wait
    if held is None and not replayed:
        return answer.response()
    if answer.object_id is None:  # kept by a version that told this as it was at first
        return answer.response(Idempotency_Replayed="true")
    try:
        is_held = held is not None and waiting().wait(booking_id or answer.object_id, held, is_over)
        if is_held and wait is not None:
            headers["Preference-Applied"] = f"wait={wait}"
        found = outcome(answer.object_id, decided=wait is not None)
    except AWAY:
        if answer.body is None:
            raise
        return answer.response()
    response = found.response() if isinstance(found, Answer) else found
    response.headers.update(headers)
    return response


def refusal(booking_id: UUID, rejection: RejectionView) -> Response:
    """Return the problem that a refused booking, or a refused reschedule of one, is told as."""
    said: Mapping[str, Any] = rejection.dump()
    return refused(
        rejection.code,
        rejection.detail,
        booking_id=public_id(Kind.BOOKING, booking_id),
        reasons=said["reasons"],
        alternatives=said["alternatives"],
    )
