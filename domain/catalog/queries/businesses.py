"""Reading businesses, opening them, and the lock on a business's lane."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.catalog.rules import BusinessFilters
from domain.catalog.tables import Business, Lane
from domain.kernel import locks

UNIQUE_VIOLATION = "23505"
ESCAPE = "\\"
LANE = text("SELECT FROM lanes WHERE business_id = :business_id ORDER BY lanes.business_id FOR NO KEY UPDATE")
BUSINESS = select(Business).where(Business.id == bindparam("business_id")).execution_options(populate_existing=True)
LITERAL = str.maketrans({each: ESCAPE + each for each in (ESCAPE, "%", "_")})


def business(session: Session, business_id: UUID, *, member_of: Collection[UUID] = ()) -> Business | None:
    """Return a business by id: an active one, or one among *member_of*."""
    return session.scalar(select(Business).where(Business.id == business_id, _seen(member_of)))


def business_by_slug(session: Session, slug: str, *, member_of: Collection[UUID] = ()) -> Business | None:
    """Return a business by slug: an active one, or one among *member_of*."""
    return session.scalar(select(Business).where(Business.slug == slug, _seen(member_of)))


def businesses(session: Session, filters: BusinessFilters, *, after: UUID | None, limit: int) -> Sequence[Business]:
    """Return the active businesses that meet *filters*, in order of their making, after the id *after*."""
    where: list[ColumnElement[bool]] = [Business.archived_at.is_(None), *_matching(filters)]
    if after is not None:
        where.append(Business.id > after)
    return session.scalars(select(Business).where(*where).order_by(Business.id).limit(limit)).all()


def insert_business(session: Session, values: Mapping[str, Any]) -> Business | None:
    """Insert a business, or return None when its slug is taken."""
    return session.scalar(
        insert(Business).values(**values).on_conflict_do_nothing(index_elements=["slug"]).returning(Business)
    )


def saved(session: Session) -> bool:
    """Write what was set of a business; False when its slug is taken, and then the transaction has failed."""
    try:
        session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        return False
    return True


def lane_for_update(session: Session, business_id: UUID) -> Business:
    """Lock the business's lane, the first lock of everyone who inserts claims there; return the business.

    In two statements: one that had waited for the lock would know the business only as it was before.
    """
    locks.enter(session, Lane.__tablename__)
    session.execute(LANE, {"business_id": business_id})
    return session.scalars(BUSINESS, {"business_id": business_id}).one()


def _seen(member_of: Collection[UUID]) -> ColumnElement[bool]:
    active = Business.archived_at.is_(None)
    return or_(active, Business.id.in_(member_of)) if member_of else active


def _matching(filters: BusinessFilters) -> Sequence[ColumnElement[bool]]:
    wanted = {
        Business.category: filters.category,
        Business.city: filters.city,
        Business.country: filters.country,
        Business.currency: filters.currency,
    }
    where = [func.lower(column).in_([func.lower(each) for each in given]) for column, given in wanted.items() if given]
    if filters.q:
        where.append(Business.name.ilike(f"%{filters.q.translate(LITERAL)}%", escape=ESCAPE))
    return where
