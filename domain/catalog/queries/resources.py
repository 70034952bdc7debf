"""Reading resources and what they offer, and the locks on them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from domain.catalog.tables import Offer, Resource, Service
from domain.kernel import locks


def has_resource(session: Session, business_id: UUID, resource_id: UUID) -> bool:
    """Tell whether an active resource of that id is the business's."""
    mine = (Resource.id == resource_id, Resource.business_id == business_id, Resource.archived_at.is_(None))
    return bool(session.scalar(select(exists().where(*mine))))


def resources_for_update(session: Session, resource_ids: Collection[UUID]) -> Sequence[Resource]:
    """Lock resources in id order, so that two allocations never deadlock."""
    return locks.rows_for_update(session, Resource, Resource.id.in_(resource_ids))


def offers(session: Session, service_ids: Collection[UUID]) -> Sequence[tuple[UUID, Resource]]:
    """Return (service id, active resource) for all that offer each service; the default one where nobody is named."""
    anybody = aliased(Offer)
    named = exists().where(anybody.service_id == Service.id)
    rows = session.execute(
        select(Service.id, Resource)
        .join(Resource, Resource.business_id == Service.business_id)
        .outerjoin(Offer, and_(Offer.service_id == Service.id, Offer.resource_id == Resource.id))
        .where(
            Service.id.in_(service_ids),
            Resource.archived_at.is_(None),
            or_(Offer.resource_id.is_not(None), and_(Resource.is_default, ~named)),
        )
        .order_by(Resource.id)
    )
    return [(service_id, resource) for service_id, resource in rows]
