"""Resources: add, find, change, archive, and say what they offer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries as accounts
from domain.accounts.rules import Principal
from domain.catalog import queries
from domain.catalog.rules import Archived, DefaultResourceNeeded, NewResource, NotAMember, RoleNeeded
from domain.catalog.service.authority import active_for_update, business_seen, require_admin, resource_seen
from domain.catalog.service.changes import Versions, apply, expect, tell, touch, touch_services
from domain.catalog.tables import Resource
from domain.kernel.changes import fresh
from domain.kernel.errors import NotFound
from domain.kernel.ids import Kind, shown


class Offering(NamedTuple):
    """A resource, and the active services that it is said to offer."""

    resource: Resource
    service_ids: Sequence[UUID]


class Changed(NamedTuple):
    """A resource after a change, and the services that are offered by others than before."""

    offering: Offering
    service_ids: Collection[UUID]


def create_resource(
    session: Session, business_id: UUID, new: NewResource, *, caller: Principal, now: datetime
) -> Changed:
    """Add a resource. What it offers, the default resource offers no more unless that was said.

    Errors: NotFound for the business or a service, MembersOnly, AdminsOnly, Archived, NotAMember, RoleNeeded.
    """
    business_seen(session, business_id, caller.roles)
    require_admin(caller, business_id)
    active_for_update(session, business_id)
    _require_own(session, business_id, new.service_ids)
    _require_member(session, business_id, new.user_id)
    columns = {"name": new.name, "kind": new.kind, "priority": new.priority, "user_id": new.user_id}
    resource = Resource(business_id=business_id, **columns)
    session.add(resource)
    session.flush()
    _say(session, resource, new.service_ids)
    made = fresh(columns | {"service_ids": _listed(new.service_ids)})
    tell(session, "resource.created", resource, business_id, by=caller.actor, changes=made, now=now)
    touch_services(session, business_id, new.service_ids, now=now)
    session.refresh(resource)
    return Changed(_offering(session, resource), new.service_ids)


def resource_of(session: Session, resource_id: UUID, *, member_of: Collection[UUID] = ()) -> Offering:
    """Return a resource: an active one, or one of the businesses *member_of*. Errors: NotFound."""
    return _offering(session, resource_seen(session, resource_id, member_of))


def list_resources(
    session: Session,
    business_id: UUID,
    *,
    service_id: UUID | None,
    member_of: Collection[UUID] = (),
    after: UUID | None,
    limit: int,
) -> Sequence[Offering]:
    """Return a page of a business's active resources; with *service_id* those that offer it. Errors: NotFound."""
    business_seen(session, business_id, member_of)
    if service_id is not None:
        _require_own(session, business_id, [service_id])
    found = queries.resources(session, business_id, service_id=service_id, after=after, limit=limit)
    said = queries.said_to_offer(session, [each.id for each in found])
    return [Offering(each, said.get(each.id, ())) for each in found]


def change_resource(
    session: Session,
    resource_id: UUID,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> Changed:
    """Change the fields *given* of a resource, under its lane; `service_ids` replaces what it is said to offer.

    Errors: NotFound for the resource or a service, MembersOnly, AdminsOnly, Archived, StaleVersion, NotAMember,
    RoleNeeded.
    """
    resource = _for_update(session, resource_id, caller)
    if resource.archived_at is not None:
        raise Archived(what="resource")
    expect(resource.version, versions)
    _require_member(session, resource.business_id, given.get("user_id"))
    columns = {name: value for name, value in given.items() if name != "service_ids"}
    others = _replace(session, resource, given["service_ids"]) if "service_ids" in given else frozenset()
    changed = dict(apply(resource, columns, now=now))
    if others and not changed:
        touch(resource, now=now)
    if others:
        changed["service_ids"] = (_listed(others ^ frozenset(given["service_ids"])), _listed(given["service_ids"]))
    if changed:
        tell(session, "resource.updated", resource, resource.business_id, by=caller.actor, changes=changed, now=now)
    touch_services(session, resource.business_id, others, now=now)
    return Changed(_offering(session, resource), others)


def archive_resource(
    session: Session, resource_id: UUID, *, caller: Principal, now: datetime, versions: Versions = None
) -> Offering:
    """Let a resource serve no more; its bookings stay as they are. One that is archived already is left alone.

    What it was said to offer does not fall back to the default resource: nobody offers it until somebody is said to.
    Errors: NotFound, MembersOnly, AdminsOnly, StaleVersion, DefaultResourceNeeded.
    """
    resource = _for_update(session, resource_id, caller)
    if resource.archived_at is None:
        expect(resource.version, versions)
        if resource.is_default and queries.rests_on(session, resource):
            raise DefaultResourceNeeded
        changes = apply(resource, {"archived_at": now}, now=now)
        tell(session, "resource.archived", resource, resource.business_id, by=caller.actor, changes=changes, now=now)
        touch_services(session, resource.business_id, _offering(session, resource).service_ids, now=now)
    return _offering(session, resource)


def _for_update(session: Session, resource_id: UUID, caller: Principal) -> Resource:
    """Return a resource that an admin is about to change, with its lane and itself locked."""
    seen = resource_seen(session, resource_id, caller.roles)
    require_admin(caller, seen.business_id)
    active_for_update(session, seen.business_id)
    (resource,) = queries.resources_for_update(session, [resource_id])
    return resource


def _offering(session: Session, resource: Resource) -> Offering:
    return Offering(resource, queries.said_to_offer(session, [resource.id]).get(resource.id, ()))


def _replace(session: Session, resource: Resource, service_ids: Collection[UUID]) -> frozenset[UUID]:
    """Say that a resource offers just *service_ids*; return those for which that is new, or no longer so."""
    before, after = frozenset(_offering(session, resource).service_ids), frozenset(service_ids)
    _require_own(session, resource.business_id, after - before)
    _say(session, resource, after - before)
    queries.unsay_offers(session, resource.id, before - after)
    return before ^ after


def _say(session: Session, resource: Resource, service_ids: Collection[UUID]) -> None:
    """Say that a resource offers services of a single role besides, in that. Errors: RoleNeeded."""
    services = queries.services_by_id(session, service_ids)
    if any(len(each.roles) > 1 for each in services.values()):
        raise RoleNeeded
    queries.say_offers(session, [(each.id, resource.id, each.roles[0]) for each in services.values()])


def _listed(service_ids: Collection[UUID]) -> Sequence[str]:
    return [shown(Kind.SERVICE, each) for each in sorted(service_ids)]


def _require_own(session: Session, business_id: UUID, service_ids: Collection[UUID]) -> None:
    if len(set(service_ids)) != len(queries.own_services(session, business_id, service_ids)):
        raise NotFound(what="service")


def _require_member(session: Session, business_id: UUID, user_id: UUID | None) -> None:
    if user_id is not None and not accounts.member(session, business_id, user_id):
        raise NotAMember
