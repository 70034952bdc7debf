"""Who may see and change what in a business: anybody what is active, its members by their roles."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.accounts.rules.errors import OwnersOnly
from domain.catalog import queries
from domain.catalog.rules import Archived
from domain.catalog.tables import Business, Resource
from domain.kernel.errors import AdminsOnly, MembersOnly, NotFound, OwnResourcesOnly


def business_seen(session: Session, business_id: UUID, member_of: Collection[UUID]) -> Business:
    """Return an active business, or one among *member_of*. Errors: NotFound."""
    found = queries.business(session, business_id, member_of=member_of)
    if found is None:
        raise NotFound(what="business")
    return found


def resource_seen(session: Session, resource_id: UUID, member_of: Collection[UUID]) -> Resource:
    """Return an active resource of an active business, or one of a business among *member_of*. Errors: NotFound."""
    found = queries.resource(session, resource_id, member_of=member_of)
    if found is None:
        raise NotFound(what="resource")
    return found


def require_member(caller: Principal, business_id: UUID) -> None:
    """Refuse whoever is no member. Errors: MembersOnly."""
    if not caller.is_member(business_id):
        raise MembersOnly


def require_admin(caller: Principal, business_id: UUID) -> None:
    """Refuse whoever is neither owner nor admin. Errors: MembersOnly, AdminsOnly."""
    require_member(caller, business_id)
    if not caller.is_admin(business_id):
        raise AdminsOnly


def require_owner(caller: Principal, business_id: UUID) -> None:
    """Refuse whoever is no owner. Errors: MembersOnly, OwnersOnly."""
    require_member(caller, business_id)
    if not caller.is_owner(business_id):
        raise OwnersOnly


def require_hours(caller: Principal, business_id: UUID, resource: Resource | None) -> None:
    """Refuse whoever may not set the hours of a resource, or (None) of the business; staff may, where it is them.

    Errors: MembersOnly, AdminsOnly, OwnResourcesOnly.
    """
    require_member(caller, business_id)
    if caller.is_admin(business_id):
        return
    if resource is None:
        raise AdminsOnly
    if resource.user_id != caller.user_id:
        raise OwnResourcesOnly


def active_for_update(session: Session, business_id: UUID) -> Business:
    """Lock the lane of a business that is to be changed, so that no decision falls in between. Errors: Archived."""
    business = queries.lane_for_update(session, business_id)
    if business.archived_at is not None:
        raise Archived(what="business")
    return business
