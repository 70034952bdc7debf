"""The cases of a lane: what each booking or reschedule asks for, and what it would become."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.availability import service as availability
from domain.availability.rules.board import Left, Wish
from domain.availability.rules.model import OVERRIDES, Candidate, Code, Refusal
from domain.bookings.queries import Elsewhere, Locked
from domain.bookings.rules import Status, first_status, hold_until
from domain.bookings.tables import Booking
from domain.catalog.tables import Business, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A locked booking that waits for a place, or for another one (*move*), and what it becomes if it gets it.

    A place is one resource for each of the *roles* that its service has by now.
    """

    booking: Locked
    roles: Sequence[str]
    wish: Wish
    status: Status
    hold_expires_at: datetime | None
    accepted_no: int
    move: Elsewhere | None = None

    def is_over(self, now: datetime) -> bool:
        """Tell whether winning would be for nothing: a hold never outlasts the start, so it would have lapsed."""
        return self.hold_expires_at is not None and self.hold_expires_at <= now


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a case: the resources it got, one for each role of its service, or why it got none."""

    case: Case
    outcome: Sequence[Candidate] | Refusal

    @property
    def won(self) -> Sequence[Candidate]:
        """Return the resources that it got: none, if it was refused."""
        return () if isinstance(self.outcome, Refusal) else self.outcome

    @property
    def resources(self) -> Sequence[Mapping[str, str]]:
        """Return the roles, and who was won for each, as a booking keeps them."""
        roles = zip(self.case.roles, self.won, strict=True)
        return [{"role": role, "resource_id": str(candidate.id)} for role, candidate in roles]

    @property
    def place(self) -> availability.Place:
        """Return the place that was won, to be claimed."""
        return availability.Place(
            wish=self.case.wish,
            resource_ids=[candidate.id for candidate in self.won],
            expires_at=self.case.hold_expires_at,
        )


def booking_case(booking: Locked, service: Service, business: Business, now: datetime) -> Case:
    """Return the case of a pending booking."""
    status = first_status(requires_approval=service.requires_approval, payment_status=booking.payment_status)
    hold = new_hold(service, status, booking.starts_at, now)
    return Case(
        booking=booking,
        roles=service.roles,
        wish=_wish(booking, booking, service, business, hold),
        status=status,
        hold_expires_at=hold,
        accepted_no=booking.accepted_no,
    )


def new_hold(service: Service, status: Status, starts_at: datetime, now: datetime) -> datetime | None:
    """Return until when a hold lasts that begins now; None for a status that holds nothing."""
    return hold_until(
        status,
        hold_minutes=service.hold_minutes,
        approval_hours=service.approval_hours,
        starts_at=starts_at,
        now=now,
    )


def move_case(booking: Locked, move: Elsewhere, service: Service, business: Business) -> Case:
    """Return the case of a reschedule. Its hold goes on, but not beyond the new start."""
    hold = booking.hold_expires_at
    left = Left([UUID(each["resource_id"]) for each in booking.resources], _seconds(booking.starts_at))
    return Case(
        booking=booking,
        roles=service.roles,
        wish=_wish(booking, move, service, business, hold, leaves=left),
        status=Status(booking.status),
        hold_expires_at=hold and min(hold, move.starts_at),
        accepted_no=move.accepted_no,
        move=move,
    )


def _wish(
    booking: Locked,
    asked: Locked | Elsewhere,
    service: Service,
    business: Business,
    hold: datetime | None,
    leaves: Left | None = None,
) -> Wish:
    """Return what is asked for: on today's terms, but with the lengths that the booking was made with."""
    terms = availability.terms_of(service, ZoneInfo(business.timezone), lengths_of(booking))
    return Wish(
        booking_id=booking.id,
        terms=replace(terms, ahead=int(hold is not None)),
        start=_seconds(asked.starts_at),
        party=booking.party,
        resource_ids=frozenset(asked.wanted_resource_ids),
        asked_at=_seconds(asked.created_at),
        leaves=leaves,
        waived=_waived(asked.overrides),
    )


def lengths_of(booking: Locked | Booking) -> availability.Lengths:
    """Return what a booking was made with, and keeps when it moves."""
    return availability.Lengths(
        _seconds(booking.ends_at) - _seconds(booking.starts_at),
        booking.buffer_before_minutes * 60,
        booking.buffer_after_minutes * 60,
    )


def _waived(overrides: Iterable[str]) -> frozenset[Code]:
    return frozenset().union(*(OVERRIDES[each] for each in overrides))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
