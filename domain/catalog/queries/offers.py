"""Who offers what: which resources could fill each role of a service."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from domain.catalog.tables import Offer, Resource, Service
from domain.kernel import locks


class Able(NamedTuple):
    """A resource that offers a service; the lower *priority* is preferred."""

    id: UUID
    priority: int
    user_id: UUID | None


class RoleOffer(NamedTuple):
    """That a resource could fill a role of a service."""

    service_id: UUID
    role: str
    resource: Able


# Every board and every answer needs this, so it is written out once and read into plain rows.
FILLING = """
      LEFT JOIN service_resources AS said
        ON said.service_id = services.id AND said.resource_id = resources.id
     WHERE resources.archived_at IS NULL
       AND (said.resource_id IS NOT NULL
            OR resources.is_default
               AND jsonb_array_length(services.roles) = 1
               AND NOT EXISTS (SELECT FROM service_resources AS anybody WHERE anybody.service_id = services.id))
"""
ROLE = "coalesce(said.role, services.roles ->> 0)"
OFFERS = text(f"""
    SELECT services.id, {ROLE}, resources.id, resources.priority, resources.user_id
      FROM resources
      JOIN services ON services.business_id = resources.business_id
      {FILLING}
       AND services.id = ANY (CAST(:service_ids AS uuid[]))
     ORDER BY resources.id
""")  # noqa: S608 - put together from our own
ABLE = f"""
    SELECT {ROLE} AS role, resources.id, resources.priority, resources.user_id
      FROM resources
      {FILLING}
       AND resources.business_id = services.business_id
"""  # noqa: S608 - put together from our own; part of a statement that has the service
OFFERS_FOR_UPDATE = text(f"{OFFERS.text} FOR NO KEY UPDATE OF resources")


def offers(session: Session, service_ids: Collection[UUID]) -> Sequence[RoleOffer]:
    """Return all that offers each service, by the id of the resource; the default one where nobody is named."""
    return _offered(session.execute(OFFERS, {"service_ids": list(service_ids)}))


def offers_for_update(session: Session, service_ids: Collection[UUID]) -> Sequence[RoleOffer]:
    """Return the same, and lock those resources in id order, so that two allocations never deadlock."""
    locks.enter(session, Resource.__tablename__)
    return _offered(session.execute(OFFERS_FOR_UPDATE, {"service_ids": list(service_ids)}))


def said_to_offer(session: Session, resource_ids: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """Return the active services that each resource is said to offer, in order of their making."""
    said: defaultdict[UUID, list[UUID]] = defaultdict(list)
    rows = session.execute(
        select(Offer.resource_id, Offer.service_id)
        .join(Service, Service.id == Offer.service_id)
        .where(Offer.resource_id.in_(resource_ids), Service.archived_at.is_(None))
        .order_by(Offer.service_id)
    )
    for resource_id, service_id in rows:
        said[resource_id].append(service_id)
    return said


def said_of(session: Session, service_ids: Collection[UUID]) -> Mapping[UUID, Mapping[UUID, str]]:
    """Return the role that each active resource is said to fill, by service; resources in order of their making."""
    said: defaultdict[UUID, dict[UUID, str]] = defaultdict(dict)
    rows = session.execute(
        select(Offer.service_id, Offer.resource_id, Offer.role)
        .join(Resource, Resource.id == Offer.resource_id)
        .where(Offer.service_id.in_(service_ids), Resource.archived_at.is_(None))
        .order_by(Offer.resource_id)
    )
    for service_id, resource_id, role in rows:
        said[service_id][resource_id] = role
    return said


def say_offers(session: Session, offered: Iterable[tuple[UUID, UUID, str]]) -> None:
    """Say (service id, resource id, role), beside what is said already."""
    rows = [{"service_id": service, "resource_id": resource, "role": role} for service, resource, role in offered]
    if rows:
        session.execute(insert(Offer), rows)


def unsay_offers(session: Session, resource_id: UUID, service_ids: Collection[UUID]) -> None:
    """Say no more that a resource offers these services."""
    session.execute(delete(Offer).where(Offer.resource_id == resource_id, Offer.service_id.in_(service_ids)))


def unsay_all(session: Session, service_id: UUID) -> Collection[UUID]:
    """Say no more of anybody that they offer a service; return of whom it was said."""
    gone = session.scalars(delete(Offer).where(Offer.service_id == service_id).returning(Offer.resource_id))
    return gone.all()


def _offered(rows: Iterable[Any]) -> Sequence[RoleOffer]:
    return [RoleOffer(service_id, role, Able(*able)) for service_id, role, *able in rows]
