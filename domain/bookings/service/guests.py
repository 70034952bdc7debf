"""Guests: whoever has a booking's manage link acts for its customer, in that booking and in nothing else.

Nothing of a link is kept. It is revoked, with every access token got for it, by raising the booking's `manage_no`, and
it ends a month after the booking does, wherever that has been moved to.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.accounts.rules import BookingClaims, Principal
from domain.accounts.rules.errors import LinkInvalid
from domain.bookings import queries
from domain.bookings.rules import MANAGED_FOR, manage_ticket
from domain.bookings.service.authority import locked_to_serve
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Service
from domain.kernel import audit, tickets
from domain.kernel.errors import Unauthenticated
from domain.kernel.ids import Kind
from domain.kernel.tickets import Keys


class Shown(NamedTuple):
    """A booking, with what it is for and where."""

    booking: Booking
    service: Service
    business: Business


class ManageLink(NamedTuple):
    """The ticket of a booking's manage links, and until when it is good unless the booking is moved."""

    ticket: str
    expires_at: datetime


def opened(session: Session, ticket: str, *, keys: Keys, now: datetime) -> tuple[BookingClaims, Shown]:
    """Return what an access token got for a manage link says, and the booking. Raises LinkInvalid."""
    booking_id = tickets.named(Kind.BOOKING, ticket)
    booking = queries.linked(session, booking_id, ended_after=now - MANAGED_FOR) if booking_id else None
    if booking is None or not tickets.is_good(Kind.BOOKING, booking.id, str(booking.manage_no), ticket, keys=keys):
        raise LinkInvalid
    return BookingClaims(booking_id=booking.id, manage_no=booking.manage_no), shown_to_guest(session, booking)


def guest(session: Session, claims: BookingClaims, *, now: datetime) -> Principal:
    """Return who acts for a booking's customer by its link. Raises Unauthenticated once the link has ended."""
    booking = queries.linked(session, claims.booking_id, ended_after=now - MANAGED_FOR)
    if booking is None or booking.manage_no != claims.manage_no:
        raise Unauthenticated
    return accounts.acting_for(
        session,
        booking.booked_by,
        booking_id=booking.id,
        name=booking.customer_name,
        email=booking.customer_email,
    )


def shown_to_guest(session: Session, booking: Booking) -> Shown:
    """Return a booking with its service and its business, archived or not."""
    service = catalog.services_by_id(session, [booking.service_id])[booking.service_id]
    business = catalog.business(session, booking.business_id, member_of=[booking.business_id])
    assert business is not None  # noqa: S101 - a booking has one
    return Shown(booking, service, business)


def manage_link(session: Session, booking_id: UUID, *, keys: Keys, caller: Principal, now: datetime) -> ManageLink:
    """Return a booking's manage link to who serves it, to be handed on. Locks the booking.

    Errors: NotFound, MembersOnly, OwnResourcesOnly.
    """
    booking = locked_to_serve(session, booking_id, caller, None)
    _note(session, "booking.manage_link_shown", booking, caller, now)
    return ManageLink(manage_ticket(booking.id, booking.manage_no, keys=keys), booking.ends_at + MANAGED_FOR)


def revoke_manage_links(session: Session, booking_id: UUID, *, caller: Principal, now: datetime) -> None:
    """End every manage link of a booking, and whatever was signed in by one. Locks the booking.

    Errors: NotFound, MembersOnly, OwnResourcesOnly.
    """
    booking = locked_to_serve(session, booking_id, caller, None)
    queries.revoke_links(session, booking.id)
    _note(session, "booking.manage_links_revoked", booking, caller, now)


def _note(session: Session, action: str, booking: Booking, caller: Principal, now: datetime) -> None:
    audit.record(session, caller.actor, action, booking.id, business_id=booking.business_id, now=now)
