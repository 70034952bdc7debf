"""Reading businesses, opening them, and the lock on a business's lane."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.catalog.tables import Business, Lane
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


def lane_for_update(session: Session, business_id: UUID) -> Business:
    """Lock the business's lane, the first lock of everyone who inserts claims there; return the business."""
    locks.rows_for_update(session, Lane, Lane.business_id == business_id)
    return session.scalars(select(Business).where(Business.id == business_id)).one()
