"""What a service needs: one resource for each of its roles, at the same time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.catalog import queries
from domain.catalog.rules import NewRequirement, ResourceInTwoRoles
from domain.catalog.tables import ROLE, Resource, Service
from domain.kernel.changes import Changes
from domain.kernel.errors import NotFound
from domain.kernel.ids import Kind, shown

PLAIN = (NewRequirement(role=ROLE),)


class Needs(NamedTuple):
    """What a service has come to need, and the resources that are named from now on, or not any more."""

    others: Collection[Resource]
    changes: Changes


def require(session: Session, service: Service, wanted: Sequence[NewRequirement] | None) -> Needs | None:
    """Let a service need *wanted* and nothing else (None: a single resource, whichever).

    Returns None when all is as it was before. The caller holds the lane and every resource of the business.
    Errors: NotFound for a resource, ResourceInTwoRoles.
    """
    needs = wanted or PLAIN
    roles = [need.role for need in needs]
    after = {each: need.role for need in needs for each in need.resource_ids}
    if len(after) != sum(len(need.resource_ids) for need in needs):
        raise ResourceInTwoRoles
    before = dict(queries.said_of(session, [service.id]).get(service.id, {}))
    if (service.roles, before) == (roles, after):
        return None
    if len(queries.own_resources(session, service.business_id, after.keys())) != len(after):
        raise NotFound(what="resource")
    was = _written(by_role(service, before))
    gone = queries.unsay_all(session, service.id)
    queries.say_offers(session, [(service.id, each, role) for each, role in after.items()])
    service.roles = roles
    others = queries.resources_by_id(session, set(gone) ^ after.keys())
    return Needs(others, {"requirements": (was, _written(by_role(service, after)))})


def by_role(service: Service, said: Mapping[UUID, str]) -> Sequence[tuple[str, Sequence[UUID]]]:
    """Return who is *said* to fill each role of a service, in its order."""
    return [(role, [each for each, filled in said.items() if filled == role]) for role in service.roles]


def _written(needs: Iterable[tuple[str, Sequence[UUID]]]) -> Sequence[Mapping[str, Any]]:
    return [{"role": role, "resource_ids": [shown(Kind.RESOURCE, each) for each in ids]} for role, ids in needs]
