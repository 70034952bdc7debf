"""Every SQL statement of the catalog room."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from domain.catalog.tables import Business, Lane, Offer, Resource, Schedule, Service
from domain.kernel import locks


def business(session: Session, business_id: UUID) -> Business | None:
    """Return an active business by id."""
    return session.scalar(select(Business).where(Business.id == business_id, Business.archived_at.is_(None)))


def business_by_slug(session: Session, slug: str) -> Business | None:
    """Return an active business by slug."""
    return session.scalar(select(Business).where(Business.slug == slug, Business.archived_at.is_(None)))


def businesses(session: Session, *, after: UUID | None, limit: int) -> Sequence[Business]:
    """Return active businesses in order of their making, after the id *after*."""
    where: list[ColumnElement[bool]] = [Business.archived_at.is_(None)]
    if after is not None:
        where.append(Business.id > after)
    return session.scalars(select(Business).where(*where).order_by(Business.id).limit(limit)).all()


def insert_business(session: Session, values: dict[str, Any]) -> Business | None:
    """Insert a business, or return None when its slug is taken."""
    return session.scalar(
        insert(Business).values(**values).on_conflict_do_nothing(index_elements=["slug"]).returning(Business)
    )


def service(session: Session, service_id: UUID) -> Service | None:
    """Return an active service, of an active business, by id."""
    return session.scalar(
        select(Service)
        .join(Business, Business.id == Service.business_id)
        .where(Service.id == service_id, Service.archived_at.is_(None), Business.archived_at.is_(None))
    )


def services(session: Session, business_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Service]:
    """Return the active services of a business in order of their making, after the id *after*."""
    where = [Service.business_id == business_id, Service.archived_at.is_(None)]
    if after is not None:
        where.append(Service.id > after)
    return session.scalars(select(Service).where(*where).order_by(Service.id).limit(limit)).all()


def services_by_id(session: Session, service_ids: Collection[UUID]) -> dict[UUID, Service]:
    """Return services by id, archived ones too: what was booked before stays bookable by the worker."""
    return {row.id: row for row in session.scalars(select(Service).where(Service.id.in_(service_ids)))}


def has_resource(session: Session, business_id: UUID, resource_id: UUID) -> bool:
    """Tell whether an active resource of that id is the business's."""
    mine = (Resource.id == resource_id, Resource.business_id == business_id, Resource.archived_at.is_(None))
    return bool(session.scalar(select(exists().where(*mine))))


def is_served_by(session: Session, resource_id: UUID, user_id: UUID) -> bool:
    """Tell whether a resource is that user."""
    return bool(session.scalar(select(exists().where(Resource.id == resource_id, Resource.user_id == user_id))))


def lane_for_update(session: Session, business_id: UUID) -> Business:
    """Lock the business's lane, the first lock of everyone who inserts claims there; return the business."""
    locks.rows_for_update(session, Lane, Lane.business_id == business_id)
    return session.scalars(select(Business).where(Business.id == business_id)).one()


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


def schedules(session: Session, business_ids: Collection[UUID]) -> Sequence[Schedule]:
    """Return every schedule of the businesses: of their resources, and their own (no resource)."""
    return session.scalars(select(Schedule).where(Schedule.business_id.in_(business_ids))).all()
