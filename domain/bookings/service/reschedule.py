"""Asking for another place: a pending move, decided in the lane's queue; the old place is kept until it is won."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.rules import MOVABLE, AlreadyThere, Another, Status, fee_percent, shown_status
from domain.bookings.service.authority import (
    Versions,
    is_customer,
    locked,
    refuse_unless_theirs_to_waive,
    serves,
)
from domain.bookings.service.look import seen
from domain.bookings.service.request import local_start
from domain.bookings.tables import Booking, Reschedule
from domain.catalog import queries as catalog
from domain.kernel import events, jobs, leases
from domain.kernel.errors import (
    AlreadyStarted,
    NotReschedulable,
    OwnResourcesOnly,
    PolicyWindowClosed,
    RescheduleInProgress,
    StillPending,
)
from domain.kernel.outside import in_utc
from domain.kernel.plot import ALLOCATE


def reschedule(
    session: Session,
    booking_id: UUID,
    wanted: Another,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> Reschedule:
    """Write a pending move of a booking to another place, with the job that will decide it. Locks the booking.

    A customer may do so until the start, while cancelling would be free; who serves it, as long as the booking is live.
    Errors: NotFound, StaleVersion, StillPending, NotReschedulable, AlreadyStarted, PolicyWindowClosed, MembersOnly,
    OwnResourcesOnly, RescheduleInProgress, AlreadyThere, ResourceNotOffered, AskedForNoMore, NonexistentLocalTime,
    AmbiguousLocalTime.
    """
    booking = locked(session, booking_id, caller, versions)
    _refuse_unless_movable(booking, now)
    if not serves(session, booking, caller):
        _refuse_outside_policy(booking, caller, now)
    _refuse_while_in_progress(session, booking, now)
    row = _row(session, booking, wanted, caller, now)
    _refuse_where_it_is(booking, row, wanted)
    session.add(row)
    session.flush()
    reached = queries.note_asked(session, booking.id, by=caller.actor, now=now)
    fact = events.Fact(
        kind="booking.reschedule_requested",
        business_id=booking.business_id,
        subject_id=booking.id,
        subject_version=reached,
        payload={"starts_at": in_utc(row.starts_at)},
    )
    events.record(session, [fact], now=now)
    return row


def to_be_moved(session: Session, booking_id: UUID, *, caller: Principal, now: datetime) -> Booking:
    """Return a booking that somebody who sees it would like to move, without a lock.

    Whether they may is for `reschedule` to say. Errors: NotFound, StillPending, NotReschedulable.
    """
    booking = seen(session, booking_id, caller=caller)
    _refuse_unless_movable(booking, now)
    return booking


def _refuse_unless_movable(booking: Booking, now: datetime) -> None:
    status = shown_status(booking.status, booking.hold_expires_at, now=now)
    if status is Status.PENDING:
        raise StillPending
    if status not in MOVABLE:
        raise NotReschedulable(why=status.value)


def _refuse_outside_policy(booking: Booking, caller: Principal, now: datetime) -> None:
    """Hold a customer to the policy: who could move for free what is dear to cancel would move it, and then cancel."""
    if not is_customer(booking, caller):
        raise OwnResourcesOnly
    if booking.starts_at <= now:
        raise AlreadyStarted
    if fee_percent(booking.cancellation_policy, booking.starts_at, now=now):
        raise PolicyWindowClosed


def _refuse_while_in_progress(session: Session, booking: Booking, now: datetime) -> None:
    """Let one move be pending at a time; one that could not be decided, its job dead, gives way to the next."""
    before = queries.elsewhere(session, [booking.id])
    if not before:
        return
    if not leases.is_dead(session, ALLOCATE, booking.id):
        raise RescheduleInProgress
    queries.withdraw(session, booking.id, now=now)
    jobs.finish(session, ALLOCATE, [booking.id], now=now)


def _refuse_where_it_is(booking: Booking, row: Reschedule, wanted: Another) -> None:
    """Refuse a move to nowhere: it would change nothing but the version, and yet be mailed as news."""
    present = {UUID(each["resource_id"]) for each in booking.resources}
    if row.starts_at == booking.starts_at and present.issuperset(wanted.resource_ids or ()):
        raise AlreadyThere


def _row(session: Session, booking: Booking, wanted: Another, caller: Principal, now: datetime) -> Reschedule:
    found = catalog.offered(session, booking.service_id)
    if found is None:
        raise NotReschedulable(why="for a service that is not offered any more")
    service, business = found
    asked_for = availability.asked_again(session, service, named=wanted.resource_ids, before=booking.asked_for)
    if wanted.overrides:
        refuse_unless_theirs_to_waive(session, service, asked_for, caller)
    start = local_start(wanted.start, business.timezone)
    return Reschedule(
        booking_id=booking.id,
        business_id=booking.business_id,
        wanted_resource_ids=[*asked_for],
        status="pending",
        **start,
        ends_at=start["starts_at"] + (booking.ends_at - booking.starts_at),
        overrides=[*wanted.overrides],
        asked_by=caller.actor_id,
        request_id=session.info.get("request_id"),
        created_at=now,
    )
