"""The states of a booking, how it may move between them, and what it costs and holds: pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.availability.rules.zones import LocalStart
from domain.kernel import tickets
from domain.kernel.errors import Conflict
from domain.kernel.ids import Kind
from domain.kernel.money import Money
from domain.kernel.tickets import Keys


class Status(StrEnum):
    """Where a booking stands."""

    PENDING = "pending"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_PAYMENT = "awaiting_payment"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    REJECTED = "rejected"


class PaymentStatus(StrEnum):
    """Where its money stands."""

    NOT_REQUIRED = "not_required"
    UNPAID = "unpaid"
    PROCESSING = "processing"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


DECIDED = "bookings_decided"
"""The channel on which the ids of decided bookings are announced, in hexadecimal, with commas."""

NEXT: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset(
        {Status.AWAITING_APPROVAL, Status.AWAITING_PAYMENT, Status.CONFIRMED, Status.REJECTED, Status.CANCELLED}
    ),
    Status.AWAITING_APPROVAL: frozenset(
        {Status.AWAITING_PAYMENT, Status.CONFIRMED, Status.DECLINED, Status.EXPIRED, Status.CANCELLED}
    ),
    Status.AWAITING_PAYMENT: frozenset({Status.CONFIRMED, Status.EXPIRED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}),
    Status.COMPLETED: frozenset({Status.NO_SHOW}),
    Status.EXPIRED: frozenset({Status.CONFIRMED}),
    Status.NO_SHOW: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.REJECTED: frozenset(),
}
"""Every move there is. `expired` comes back by late money only, never by a caller."""

ASKABLE = frozenset({Status.CONFIRMED, Status.DECLINED, Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW})
"""What a booking may be asked to become by those who serve it; the other moves follow from time, money or the allocator."""

ASKABLE_BY_CUSTOMERS = frozenset({Status.CANCELLED})

UNASKED: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CONFIRMED}),
    Status.AWAITING_PAYMENT: frozenset({Status.CONFIRMED}),
    Status.EXPIRED: frozenset({Status.CONFIRMED}),
}
"""Moves that are not for the asking: the allocator confirms what is pending, money what awaits it."""

BY_LINK = "manage_link"
"""The reason in a history of what a guest did, who is no user; the system's own moves have others."""

HELD = frozenset({Status.AWAITING_APPROVAL, Status.AWAITING_PAYMENT})
MOVABLE = HELD | {Status.CONFIRMED}
"""What may be rescheduled: it has a place, and its time has not been."""

OCCUPYING = HELD | {Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW}
CHARGEABLE = frozenset({Status.AWAITING_PAYMENT, Status.CONFIRMED})
"""From these on money may have been taken, so that a cancellation may cost some of it."""

MAX_HOLDS = 3
COMPLETED_AFTER = timedelta(hours=24)
MANAGED_FOR = timedelta(days=30)
"""How long after its end a booking is still shown to who has its manage link."""
ENDS = frozenset(Status) - MOVABLE - {Status.PENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whom a booking is for, when that is not the caller: a way to reach them, and no rights."""

    name: str
    email: str
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller asks for: a start, as wall time or as an instant, for a party.

    Of *resource_ids* each narrows the role that it could fill; a role of which none is named is open to any.
    """

    business_id: UUID
    service_id: UUID
    start: LocalStart | datetime
    resource_ids: tuple[UUID, ...] = ()
    party: int = 1
    expected_amount: int | None = None
    customer: Customer | None = None
    notes: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which bookings to list; None: whatever theirs is. Spans of time are half-open."""

    statuses: frozenset[Status] = frozenset()
    business_id: UUID | None = None
    service_id: UUID | None = None
    resource_id: UUID | None = None
    customer_id: UUID | None = None
    starts_from: datetime | None = None
    starts_to: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None


class TooManyFeeds(Conflict):
    """You have {most} calendar feeds, and may have no more; revoke one."""

    code = "too_many_calendar_feeds"


class AlreadyThere(Conflict):
    """The booking is at that time already, with whom you named; nothing was changed."""

    code = "already_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Another:
    """The place that a caller asks a booking to be moved to.

    Of *resource_ids* each narrows the role that it could fill, as in a request; a role of which none is named is filled
    by whom was asked for before. None: nobody is named; empty: anybody will do.
    """

    start: LocalStart | datetime
    resource_ids: tuple[UUID, ...] | None = None
    overrides: tuple[str, ...] = ()


def first_status(*, requires_approval: bool, payment_status: str) -> Status:
    """Return what a booking becomes when it gets its place."""
    if requires_approval:
        return Status.AWAITING_APPROVAL
    return after_approval(payment_status)


def after_approval(payment_status: str) -> Status:
    """Return what a booking becomes when nobody needs to approve it any more."""
    return Status.AWAITING_PAYMENT if payment_status == PaymentStatus.UNPAID else Status.CONFIRMED


def hold_until(
    status: Status, *, hold_minutes: int, approval_hours: int, starts_at: datetime, now: datetime
) -> datetime | None:
    """Return when a hold in *status* lapses: never after the start; None for a status that holds nothing."""
    lengths = {
        Status.AWAITING_APPROVAL: timedelta(hours=approval_hours),
        Status.AWAITING_PAYMENT: timedelta(minutes=hold_minutes),
    }
    length = lengths.get(status)
    return None if length is None else min(now + length, starts_at)


def shown_status(status: str, hold_expires_at: datetime | None, *, now: datetime) -> Status:
    """Return the status as it reads at *now*: a lapsed hold is expired, whether or not a job has run yet."""
    if hold_expires_at is not None and hold_expires_at <= now:
        return Status.EXPIRED
    return Status(status)


def fee_percent(policy: Mapping[str, Any], starts_at: datetime, *, now: datetime) -> int:
    """Return which percentage of the price is kept when a customer cancels at *now*: free until so long before."""
    is_free = now <= starts_at - timedelta(hours=int(policy["free_until_hours"]))
    return 0 if is_free else int(policy["fee_percent"])


def deposit_of(price: Money, party: int, *, amount: int | None, percent: int | None) -> int | None:
    """Return what has to be paid at first: *amount* for each seat, or *percent* of the price; None: there is none."""
    if not price.amount or (amount is None and percent is None):
        return None
    asked = amount * party if amount is not None else price.share_up(percent or 0).amount
    return min(asked, price.amount)


def moves_from(status: Status, askable: frozenset[Status] = ASKABLE) -> list[str]:
    """List what those who may ask for *askable* may turn a booking into, in alphabetical order."""
    return sorted(NEXT[status] & askable - UNASKED.get(status, frozenset()))


def manage_ticket(booking_id: UUID, manage_no: int, *, keys: Keys) -> str:
    """Return the ticket of a booking's manage links, until they are revoked by raising its `manage_no`."""
    return tickets.written(Kind.BOOKING, booking_id, str(manage_no), keys=keys)
