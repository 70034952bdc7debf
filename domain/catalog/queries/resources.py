"""Resources and what they offer: reading, replacing, and the locks on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, text
from sqlalchemy.orm import Session

from domain.catalog.tables import Business, Offer, Resource, Service
from domain.kernel import locks


class Able(NamedTuple):
    """A resource that offers a service; the lower *priority* is preferred."""

    id: UUID
    priority: int
    user_id: UUID | None


# Every board and every answer needs this, so it is written out once and read into plain rows.
OFFERS = text("""
    SELECT services.id, resources.id, resources.priority, resources.user_id
      FROM resources
      JOIN services ON services.business_id = resources.business_id
      LEFT JOIN service_resources AS said
        ON said.service_id = services.id AND said.resource_id = resources.id
     WHERE services.id = ANY (CAST(:service_ids AS uuid[]))
       AND resources.archived_at IS NULL
       AND (said.resource_id IS NOT NULL
            OR resources.is_default
               AND NOT EXISTS (SELECT FROM service_resources AS anybody WHERE anybody.service_id = services.id))
     ORDER BY resources.id
""")
OFFERS_FOR_UPDATE = text(f"{OFFERS.text} FOR NO KEY UPDATE OF resources")


def resource(session: Session, resource_id: UUID, *, member_of: Collection[UUID] = ()) -> Resource | None:
    """Return a resource by id: an active one of an active business, or one of a business among *member_of*."""
    active = and_(Resource.archived_at.is_(None), Business.archived_at.is_(None))
    seen = or_(active, Business.id.in_(member_of)) if member_of else active
    return session.scalar(
        select(Resource).join(Business, Business.id == Resource.business_id).where(Resource.id == resource_id, seen)
    )


def resources(
    session: Session, business_id: UUID, *, service_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Resource]:
    """Return the active resources of a business, or those of them that offer a service, in order of their making."""
    where: list[ColumnElement[bool]] = [Resource.business_id == business_id, Resource.archived_at.is_(None)]
    if service_id is not None:
        said = exists().where(Offer.service_id == service_id, Offer.resource_id == Resource.id)
        anybody = exists().where(Offer.service_id == service_id)
        where.append(or_(said, and_(Resource.is_default, ~anybody)))
    if after is not None:
        where.append(Resource.id > after)
    return session.scalars(select(Resource).where(*where).order_by(Resource.id).limit(limit)).all()


def has_resource(session: Session, business_id: UUID, resource_id: UUID) -> bool:
    """Tell whether an active resource of that id is the business's."""
    mine = (Resource.id == resource_id, Resource.business_id == business_id, Resource.archived_at.is_(None))
    return bool(session.scalar(select(exists().where(*mine))))


def is_served_by(session: Session, resource_id: UUID, user_id: UUID) -> bool:
    """Tell whether a resource is that user."""
    return bool(session.scalar(select(exists().where(Resource.id == resource_id, Resource.user_id == user_id))))


def resources_for_update(session: Session, resource_ids: Collection[UUID]) -> Sequence[Resource]:
    """Lock resources in id order, so that two allocations never deadlock."""
    return locks.rows_for_update(session, Resource, Resource.id.in_(resource_ids))


def offers(session: Session, service_ids: Collection[UUID]) -> Sequence[tuple[UUID, Able]]:
    """Return (service id, active resource) for all that offer each service; the default one where nobody is named."""
    return _able(session.execute(OFFERS, {"service_ids": list(service_ids)}))


def offers_for_update(session: Session, service_ids: Collection[UUID]) -> Sequence[tuple[UUID, Able]]:
    """Return the same, and lock those resources in id order, so that two allocations never deadlock."""
    locks.enter(session, Resource.__tablename__)
    return _able(session.execute(OFFERS_FOR_UPDATE, {"service_ids": list(service_ids)}))


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


def say_offers(session: Session, resource_id: UUID, service_ids: Collection[UUID]) -> None:
    """Say that a resource offers these services, beside what it offers already."""
    if service_ids:
        session.execute(insert(Offer), [{"resource_id": resource_id, "service_id": each} for each in service_ids])


def unsay_offers(session: Session, resource_id: UUID, service_ids: Collection[UUID]) -> None:
    """Say no more that a resource offers these services."""
    session.execute(delete(Offer).where(Offer.resource_id == resource_id, Offer.service_id.in_(service_ids)))


def _able(rows: Iterable[Any]) -> Sequence[tuple[UUID, Able]]:
    return [(service_id, Able(*able)) for service_id, *able in rows]
