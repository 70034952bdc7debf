"""What callers ask a booking to become: approved, declined, cancelled, completed, missed. None of it needs a new place."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.queries import Change
from domain.bookings.rules import BY_LINK, CHARGEABLE, NEXT, Status, after_approval, fee_percent, shown_status
from domain.bookings.service.authority import Versions, illegal, is_customer, locked, locked_to_serve, serves
from domain.bookings.service.cases import new_hold
from domain.bookings.service.move import record
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.kernel import jobs
from domain.kernel.errors import AlreadyStarted, NotStarted, OwnResourcesOnly, PaymentRequired, StillPending
from domain.kernel.money import Money
from domain.kernel.plot import ALLOCATE

Note = str | None
"""What a caller has to say about a move; kept in the history."""


def confirm(
    session: Session,
    booking_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
    note: Note = None,
) -> Booking:
    """Approve a booking that awaits approval; it goes on to its payment if it needs one.

    Errors: NotFound, MembersOnly, OwnResourcesOnly, StaleVersion, StillPending, PaymentRequired, InvalidTransition.
    """
    booking = locked_to_serve(session, booking_id, caller, versions)
    status = _standing(booking, now)
    if status is Status.AWAITING_PAYMENT:
        raise PaymentRequired
    _refuse_unless_awaiting_approval(session, booking, Status.CONFIRMED, caller, now)
    onward = after_approval(booking.payment_status)
    hold = _new_hold(session, booking, onward, now)
    if not availability.keep(session, booking.id, places=len(booking.resources), expires_at=hold):
        raise illegal(session, booking, Status.EXPIRED, Status.CONFIRMED, caller)
    change = replace(_change(booking, onward, caller, note), hold_expires_at=hold)
    return _moved(session, booking, change, now)


def decline(
    session: Session,
    booking_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
    note: Note = None,
) -> Booking:
    """Refuse a booking its approval and free its place.

    Errors: NotFound, MembersOnly, OwnResourcesOnly, StaleVersion, StillPending, InvalidTransition.
    """
    booking = locked_to_serve(session, booking_id, caller, versions)
    _refuse_unless_awaiting_approval(session, booking, Status.DECLINED, caller, now)
    availability.release(session, [booking.id], now=now)
    return _ended(session, booking, _change(booking, Status.DECLINED, caller, note), now)


def cancel(
    session: Session,
    booking_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
    note: Note = None,
    quoted_fee: int | None = None,
) -> Booking:
    """Cancel a live booking and free its place; its customer may do so until the start, who serves it later too.

    A fee that was quoted for this moment is not exceeded. Errors: NotFound, OwnResourcesOnly, StaleVersion,
    AlreadyStarted, InvalidTransition.
    """
    booking = locked(session, booking_id, caller, versions)
    fee, _ = cancellation_fee(session, booking, caller=caller, now=now)
    fee = fee if quoted_fee is None else min(fee, quoted_fee)
    availability.release(session, [booking.id], now=now)
    change = replace(_change(booking, Status.CANCELLED, caller, note), cancellation_fee_amount=fee)
    return _ended(session, booking, change, now)


def cancellation_fee(
    session: Session, booking: Booking, *, caller: Principal, now: datetime
) -> tuple[int, datetime | None]:
    """Return what cancelling a booking costs the caller, and when that will be another fee (None: never).

    Errors: those of `cancel` but for the version.
    """
    for_business = serves(session, booking, caller)
    if not for_business and not is_customer(booking, caller):
        raise OwnResourcesOnly
    status = _standing(booking, now)
    if Status.CANCELLED not in NEXT[status]:
        raise illegal(session, booking, status, Status.CANCELLED, caller)
    if booking.starts_at <= now and not for_business:
        raise AlreadyStarted
    if for_business or status not in CHARGEABLE:
        return 0, None
    free_until = booking.starts_at - timedelta(hours=int(booking.cancellation_policy["free_until_hours"]))
    will_change = now <= free_until and booking.cancellation_policy["fee_percent"] and booking.price_amount
    return _fee(booking, now), free_until if will_change else None


def complete(
    session: Session,
    booking_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
    note: Note = None,
) -> Booking:
    """Say that a confirmed booking took place, from its start on.

    Errors: NotFound, MembersOnly, OwnResourcesOnly, StaleVersion, NotStarted, InvalidTransition.
    """
    booking = locked_to_serve(session, booking_id, caller, versions)
    _refuse_unless_begun(session, booking, Status.COMPLETED, caller, now)
    return _moved(session, booking, _change(booking, Status.COMPLETED, caller, note), now)


def no_show(
    session: Session,
    booking_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
    note: Note = None,
) -> Booking:
    """Say that nobody came to a confirmed booking, from its start on; also to one that counts as completed.

    Errors: NotFound, MembersOnly, OwnResourcesOnly, StaleVersion, NotStarted, InvalidTransition.
    """
    booking = locked_to_serve(session, booking_id, caller, versions)
    _refuse_unless_begun(session, booking, Status.NO_SHOW, caller, now)
    return _moved(session, booking, _change(booking, Status.NO_SHOW, caller, note), now)


def _standing(booking: Booking, now: datetime) -> Status:
    return shown_status(booking.status, booking.hold_expires_at, now=now)


def _refuse_unless_awaiting_approval(
    session: Session, booking: Booking, wanted: Status, caller: Principal, now: datetime
) -> None:
    status = _standing(booking, now)
    if status is Status.PENDING:
        raise StillPending
    if status is not Status.AWAITING_APPROVAL:
        raise illegal(session, booking, status, wanted, caller)


def _refuse_unless_begun(session: Session, booking: Booking, wanted: Status, caller: Principal, now: datetime) -> None:
    status = _standing(booking, now)
    if wanted not in NEXT[status]:
        raise illegal(session, booking, status, wanted, caller)
    if booking.starts_at > now:
        raise NotStarted(starts_at=booking.starts_at.astimezone(ZoneInfo(booking.timezone)).isoformat())


def _new_hold(session: Session, booking: Booking, status: Status, now: datetime) -> datetime | None:
    service = catalog.services_by_id(session, [booking.service_id])[booking.service_id]
    return new_hold(service, status, booking.starts_at, now)


def _fee(booking: Booking, now: datetime) -> int:
    percent = fee_percent(booking.cancellation_policy, booking.starts_at, now=now)
    return Money(booking.price_amount, booking.currency).share(percent).amount


def _change(booking: Booking, status: Status, caller: Principal, note: Note) -> Change:
    return Change(
        booking_id=booking.id,
        from_status=booking.status,
        to_status=status,
        by=caller.actor,
        reason=BY_LINK if caller.booking_id else None,
        note=note,
    )


def _moved(session: Session, booking: Booking, change: Change, now: datetime) -> Booking:
    record(session, [booking], [change], now=now)
    session.refresh(booking)
    return booking


def _ended(session: Session, booking: Booking, change: Change, now: datetime) -> Booking:
    """Write a move that ends whatever waited to be decided, the booking or its reschedule, and tell those who wait."""
    moved = _moved(session, booking, change, now)
    jobs.finish(session, ALLOCATE, [booking.id], now=now)
    queries.announce(session, [booking.id])
    return moved
