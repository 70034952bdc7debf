"""Reading services."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from domain.catalog.tables import Business, Offer, Resource, Service

BY_ID = (
    select(Service)
    .where(Service.id == any_(bindparam("service_ids", type_=ARRAY(Uuid))))
    .execution_options(populate_existing=True)
)
OFFERED = (
    select(Service, Business)
    .join(Business, Business.id == Service.business_id)
    .where(Service.id == bindparam("service_id"), Service.archived_at.is_(None), Business.archived_at.is_(None))
)


def offered(session: Session, service_id: UUID) -> tuple[Service, Business] | None:
    """Return an active service and its business, active too; in one statement, for bookings and availability."""
    row = session.execute(OFFERED, {"service_id": service_id}).one_or_none()
    return row and (row.Service, row.Business)


def service(session: Session, service_id: UUID, *, member_of: Collection[UUID] = ()) -> Service | None:
    """Return a service by id: an active one of an active business, or one of a business among *member_of*."""
    active = and_(Service.archived_at.is_(None), Business.archived_at.is_(None))
    seen = or_(active, Business.id.in_(member_of)) if member_of else active
    return session.scalar(
        select(Service).join(Business, Business.id == Service.business_id).where(Service.id == service_id, seen)
    )


def services(session: Session, business_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Service]:
    """Return the active services of a business in order of their making, after the id *after*."""
    where = [Service.business_id == business_id, Service.archived_at.is_(None)]
    if after is not None:
        where.append(Service.id > after)
    return session.scalars(select(Service).where(*where).order_by(Service.id).limit(limit)).all()


def services_by_id(session: Session, service_ids: Collection[UUID]) -> dict[UUID, Service]:
    """Return services by id, archived ones too: what was booked before stays bookable by the worker."""
    return {row.id: row for row in session.scalars(BY_ID, {"service_ids": list(service_ids)})}


def own_services(session: Session, business_id: UUID, service_ids: Collection[UUID]) -> Collection[UUID]:
    """Return those of *service_ids* that are active services of the business."""
    mine = (Service.business_id == business_id, Service.archived_at.is_(None))
    return session.scalars(select(Service.id).where(Service.id.in_(service_ids), *mine)).all()


def has_price(session: Session, business_id: UUID) -> bool:
    """Tell whether any service of the business has a price, archived ones counted."""
    return bool(session.scalar(select(exists().where(Service.business_id == business_id, Service.price_amount > 0))))


def rests_on(session: Session, resource: Resource) -> bool:
    """Tell whether its business has an active service of which no other active resource is said to fill the same role."""
    own = aliased(Offer)
    by_others = exists().where(
        Offer.service_id == Service.id,
        Offer.resource_id == Resource.id,
        or_(own.role.is_(None), Offer.role == own.role),
        Resource.id != resource.id,
        Resource.archived_at.is_(None),
    )
    said = and_(own.service_id == Service.id, own.resource_id == resource.id)
    mine = (Service.business_id == resource.business_id, Service.archived_at.is_(None))
    resting = select(Service.id).outerjoin(own, said).where(*mine, ~by_others).limit(1)
    return session.scalar(resting) is not None
