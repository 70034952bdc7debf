"""Moving a booking that has its place already: confirm, cancel, complete, expire. None of these needs a new place."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.queries import Change, Locked
from domain.bookings.rules import HELD, NEXT, Status, after_approval, hold_until, moves_from, shown_status
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.kernel import events, jobs
from domain.kernel.errors import (
    AlreadyStarted,
    InvalidTransition,
    MembersOnly,
    NotFound,
    NotStarted,
    PaymentRequired,
    StaleVersion,
    StillPending,
)
from domain.kernel.plot import ALLOCATE

Versions = Collection[int] | None
"""Which versions of a booking a caller means to move; None: any."""

SWEPT = 500  # holds ended in one transaction


def confirm(
    session: Session, booking_id: UUID, *, caller: Principal, now: datetime, versions: Versions = None
) -> Booking:
    """Approve a booking that awaits approval; it goes on to its payment if it needs one.

    Errors: NotFound, MembersOnly, StaleVersion, StillPending, PaymentRequired, InvalidTransition.
    """
    booking = _for_member(session, booking_id, caller, versions)
    status = shown_status(booking.status, booking.hold_expires_at, now=now)
    if status is Status.PENDING:
        raise StillPending
    if status is Status.AWAITING_PAYMENT:
        raise PaymentRequired
    if status is not Status.AWAITING_APPROVAL:
        raise _illegal(status, Status.CONFIRMED)
    onward = after_approval(booking.payment_status)
    hold = _new_hold(session, booking, onward, now)
    if not availability.keep(session, booking.id, expires_at=hold):
        raise _illegal(Status.EXPIRED, Status.CONFIRMED)
    return _moved(session, booking, onward, caller, now, hold)


def cancel(
    session: Session, booking_id: UUID, *, caller: Principal, now: datetime, versions: Versions = None
) -> Booking:
    """Cancel a live booking and free its place; its customer may do so until the start, a member later too.

    Errors: NotFound, StaleVersion, AlreadyStarted, InvalidTransition.
    """
    booking = locked(session, booking_id, caller, versions)
    status = shown_status(booking.status, booking.hold_expires_at, now=now)
    if Status.CANCELLED not in NEXT[status]:
        raise _illegal(status, Status.CANCELLED)
    if booking.starts_at <= now and not caller.is_member(booking.business_id):
        raise AlreadyStarted
    availability.release(session, [booking.id], now=now)
    moved = _moved(session, booking, Status.CANCELLED, caller, now)
    if status is Status.PENDING:
        jobs.finish(session, ALLOCATE, [booking.id], now=now)
        queries.announce(session, [booking.id])
    return moved


def settle(session: Session, job_id: int, booking_id: UUID, *, now: datetime) -> None:
    """Mark a job done when its booking has nothing to decide, as for a dead job that came back.

    That one job only: by now there may be another, for a reschedule that was asked for since.
    """
    if not queries.is_open(session, booking_id):
        jobs.finish_one(session, job_id, now=now)


def complete(
    session: Session, booking_id: UUID, *, caller: Principal, now: datetime, versions: Versions = None
) -> Booking:
    """Complete a confirmed booking, from its start on.

    Errors: NotFound, MembersOnly, StaleVersion, NotStarted, InvalidTransition.
    """
    booking = _for_member(session, booking_id, caller, versions)
    status = shown_status(booking.status, booking.hold_expires_at, now=now)
    if Status.COMPLETED not in NEXT[status]:
        raise _illegal(status, Status.COMPLETED)
    if booking.starts_at > now:
        raise NotStarted(starts_at=booking.starts_at.astimezone(ZoneInfo(booking.timezone)).isoformat())
    return _moved(session, booking, Status.COMPLETED, caller, now)


def expire_holds(session: Session, *, now: datetime) -> int:
    """End the holds that have lapsed and free their places; return how many. Safe to repeat, and beside itself."""
    bookings = queries.lapsed_for_update(session, now=now, limit=SWEPT)
    ended = lapse(session, bookings, now=now)
    record(session, bookings, ended, now=now)
    return len(ended)


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
            payload={"from_status": each.from_status, "reason": each.reason},
            request_id=None if each.actor_id else moved[each.booking_id].request_id,
        )
        for each in changes
    ]
    events.record(session, facts, now=now)


def locked(session: Session, booking_id: UUID, caller: Principal, versions: Versions) -> Booking:
    """Lock a booking that the caller may see, and return it freshly read. Errors: NotFound, StaleVersion."""
    if queries.booking(session, booking_id, seen_by=caller.user_id, businesses=caller.roles.keys()) is None:
        raise NotFound(what="booking")
    booking = queries.booking_for_update(session, booking_id)
    if versions is not None and booking.version not in versions:
        raise StaleVersion(version=booking.version)
    return booking


def _for_member(session: Session, booking_id: UUID, caller: Principal, versions: Versions) -> Booking:
    booking = locked(session, booking_id, caller, versions)
    if not caller.is_member(booking.business_id):
        raise MembersOnly
    return booking


def _new_hold(session: Session, booking: Booking, status: Status, now: datetime) -> datetime | None:
    service = catalog.services_by_id(session, [booking.service_id])[booking.service_id]
    return hold_until(
        status,
        hold_minutes=service.hold_minutes,
        approval_hours=service.approval_hours,
        starts_at=booking.starts_at,
        now=now,
    )


def _moved(
    session: Session,
    booking: Booking,
    status: Status,
    caller: Principal,
    now: datetime,
    hold_expires_at: datetime | None = None,
) -> Booking:
    change = Change(
        booking_id=booking.id,
        from_status=booking.status,
        to_status=status,
        hold_expires_at=hold_expires_at,
        actor_id=caller.user_id,
    )
    record(session, [booking], [change], now=now)
    session.refresh(booking)
    return booking


def _is_lapsed(booking: Locked, now: datetime) -> bool:
    return booking.hold_expires_at is not None and booking.hold_expires_at <= now


def _illegal(status: Status, wanted: Status) -> InvalidTransition:
    return InvalidTransition(status=status.value, wanted=wanted.value, allowed=moves_from(status))
