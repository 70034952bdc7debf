"""Authority: who may do what with a booking, once it is locked.

Its customer is whoever it is for or made it. Owners and admins serve every booking of their business, staff those of
the resource that they are.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.rules import ASKABLE, ASKABLE_BY_CUSTOMERS, Status, moves_from
from domain.bookings.service.look import seen
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.catalog.tables import Service
from domain.kernel.errors import InvalidTransition, MembersOnly, OwnResourcesOnly, StaleVersion

Versions = Collection[int] | None
"""Which versions of a booking a caller means to change; None: any."""


def locked(session: Session, booking_id: UUID, caller: Principal, versions: Versions) -> Booking:
    """Lock a booking that the caller may see, and return it freshly read. Errors: NotFound, StaleVersion."""
    booking = queries.booking_for_update(session, seen(session, booking_id, caller=caller).id)
    if versions is not None and booking.version not in versions:
        raise StaleVersion(version=booking.version)
    return booking


def locked_to_serve(session: Session, booking_id: UUID, caller: Principal, versions: Versions) -> Booking:
    """Lock a booking that the caller serves. Errors: those of `locked`, MembersOnly, OwnResourcesOnly."""
    booking = locked(session, booking_id, caller, versions)
    if not serves(session, booking, caller):
        raise OwnResourcesOnly if caller.is_member(booking.business_id) else MembersOnly
    return booking


def serves(session: Session, booking: Booking, caller: Principal) -> bool:
    """Tell whether the caller acts for the business in this booking; an undecided one is served by whom it asked for."""
    resource_ids = [UUID(each["resource_id"]) for each in booking.resources] or booking.wanted_resource_ids
    return caller.is_member(booking.business_id) and _is_theirs(session, booking.business_id, resource_ids, caller)


def refuse_unless_theirs_to_waive(
    session: Session, service: Service, resource_ids: Collection[UUID], caller: Principal
) -> None:
    """Let members waive rules: admins all over the business, staff where it is they who would have to serve.

    That is where one role is asked of nobody but them, and no other user could come to fill any of the others.
    Errors: MembersOnly, OwnResourcesOnly; NotFound, ResourceNotOffered for one of the resources asked for.
    """
    if not caller.is_member(service.business_id):
        raise MembersOnly
    if caller.is_admin(service.business_id):
        return
    offered = availability.offers_by(session, service, resource_ids)
    asked = (able for _, able in offered.by_service[service.id] if any(each.id in resource_ids for each in able))
    is_asked = any(all(each.user_id == caller.user_id for each in able) for able in asked)
    users = {each.user_id for each in offered.resources.values() if each.user_id}
    if not is_asked or users != {caller.user_id}:
        raise OwnResourcesOnly


def is_customer(booking: Booking, caller: Principal) -> bool:
    """Tell whether a booking is for the caller, or was made by them; for somebody else by a member, while they are one."""
    if booking.id == caller.booking_id or booking.customer_id == caller.user_id:
        return True
    return booking.booked_by == caller.user_id and (not booking.by_member or caller.is_member(booking.business_id))


def illegal(session: Session, booking: Booking, status: Status, wanted: Status, caller: Principal) -> InvalidTransition:
    """Return the refusal of a move that does not lead on from *status*, with those that the caller may ask for."""
    askable = ASKABLE if serves(session, booking, caller) else ASKABLE_BY_CUSTOMERS
    return InvalidTransition(status=status.value, wanted=wanted.value, allowed=moves_from(status, askable))


def _is_theirs(session: Session, business_id: UUID, resource_ids: Collection[UUID], member: Principal) -> bool:
    """Tell whether one of some resources is a member's to decide for; none: whichever, which is for admins."""
    if member.is_admin(business_id) or not resource_ids:
        return member.is_admin(business_id)
    return catalog.are_served_by(session, resource_ids, member.user_id)
