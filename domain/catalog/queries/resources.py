"""Resources: reading, and the locks on them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from domain.catalog.tables import Business, Offer, Resource
from domain.kernel import locks


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


def are_served_by(session: Session, resource_ids: Collection[UUID], user_id: UUID) -> bool:
    """Tell whether one of these resources is that user."""
    return bool(session.scalar(select(exists().where(Resource.id.in_(resource_ids), Resource.user_id == user_id))))


def resources_for_update(session: Session, resource_ids: Collection[UUID]) -> Sequence[Resource]:
    """Lock resources in id order, so that two allocations never deadlock."""
    return locks.rows_for_update(session, Resource, Resource.id.in_(resource_ids))


def all_resources_for_update(session: Session, business_id: UUID) -> Sequence[Resource]:
    """Lock every resource of a business, archived ones too, in id order."""
    return locks.rows_for_update(session, Resource, Resource.business_id == business_id)


def resources_by_id(session: Session, resource_ids: Collection[UUID]) -> Sequence[Resource]:
    """Return resources by id, archived ones too."""
    return session.scalars(select(Resource).where(Resource.id.in_(resource_ids))).all()


def own_resources(session: Session, business_id: UUID, resource_ids: Collection[UUID]) -> Collection[UUID]:
    """Return those of *resource_ids* that are active resources of the business."""
    mine = (Resource.business_id == business_id, Resource.archived_at.is_(None))
    return session.scalars(select(Resource.id).where(Resource.id.in_(resource_ids), *mine)).all()
