"""Reading services."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.catalog.tables import Business, Service


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
