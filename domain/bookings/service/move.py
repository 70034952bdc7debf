"""Moves themselves: written with their history and their events, and those that follow from the clock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.queries import Change, Locked
from domain.bookings.rules import COMPLETED_AFTER, HELD, Status
from domain.bookings.tables import Booking
from domain.kernel import events, jobs

SWEPT = 500  # bookings moved by the clock in one transaction


def settle(session: Session, job_id: int, booking_id: UUID, *, now: datetime) -> None:
    """Mark a job done when its booking has nothing to decide, as for a dead job that came back.

    That one job only: by now there may be another, for a reschedule that was asked for since.
    """
    if not queries.is_open(session, booking_id):
        jobs.finish_one(session, job_id, now=now)


def expire_holds(session: Session, *, now: datetime) -> bool:
    """End a batch of the holds that have lapsed, and free their places; tell whether there may be more.

    Safe to repeat, and beside itself.
    """
    bookings = queries.lapsed_for_update(session, now=now, limit=SWEPT)
    ended = lapse(session, bookings, now=now)
    record(session, bookings, ended, now=now)
    return len(bookings) == SWEPT


def complete_ended(session: Session, *, now: datetime) -> bool:
    """Complete a batch of confirmed bookings that ended a day ago; tell whether there may be more.

    Safe to repeat, and beside itself.
    """
    bookings = queries.ended_for_update(session, before=now - COMPLETED_AFTER, limit=SWEPT)
    ended = [
        Change(booking_id=each.id, from_status=each.status, to_status=Status.COMPLETED, reason="ended")
        for each in bookings
    ]
    record(session, bookings, ended, now=now)
    return len(bookings) == SWEPT


def lapse(session: Session, bookings: Sequence[Locked], *, now: datetime) -> list[Change]:
    """Free the places of those locked *bookings* whose hold has lapsed; return the moves, for `record` to write."""
    over = [each for each in bookings if each.status in HELD and _is_lapsed(each, now)]
    availability.release(session, [each.id for each in over], now=now)
    return [
        Change(booking_id=each.id, from_status=each.status, to_status=Status.EXPIRED, reason="hold_expired")
        for each in over
    ]


def record(session: Session, bookings: Sequence[Booking | Locked], changes: Sequence[Change], *, now: datetime) -> None:
    """Write moves of locked bookings with their history and their events."""
    if not changes:
        return
    moved = {each.id: each for each in bookings}
    versions = queries.move(session, changes, now=now)
    facts = [
        events.Fact(
            kind=f"booking.{each.to_status.value}",
            business_id=moved[each.booking_id].business_id,
            subject_id=each.booking_id,
            subject_version=versions[each.booking_id],
            payload={"from_status": each.from_status, "reason": each.reason, "note": each.note},
            request_id=None if each.by else moved[each.booking_id].request_id,
        )
        for each in changes
    ]
    events.record(session, facts, now=now)


def _is_lapsed(booking: Locked, now: datetime) -> bool:
    return booking.hold_expires_at is not None and booking.hold_expires_at <= now
