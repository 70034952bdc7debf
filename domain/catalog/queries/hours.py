"""Opening hours and time off: reading and removing."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from domain.catalog.rules import TimeOffFilters
from domain.catalog.tables import Schedule, TimeOff

ALL = text("""
    SELECT resource_id, timezone, CAST(weekly AS text), CAST(overrides AS text)
      FROM schedules
     WHERE business_id = :business_id
""")


class Kept(NamedTuple):
    """Opening hours as they are kept, in JSON; in the zone of the business if they name none."""

    timezone: str | None
    weekly: str
    overrides: str


def kept_hours(session: Session, business_id: UUID) -> Mapping[UUID | None, Kept]:
    """Return the hours of each resource that has its own, and under None the business's."""
    return {owner: Kept(*kept) for owner, *kept in session.execute(ALL, {"business_id": business_id})}


def schedule(session: Session, business_id: UUID, resource_id: UUID | None) -> Schedule | None:
    """Return the schedule of a resource, or (None) of its business."""
    return session.scalar(
        select(Schedule)
        .where(Schedule.business_id == business_id, Schedule.resource_id.is_not_distinct_from(resource_id))
        .execution_options(populate_existing=True)
    )


def time_off(session: Session, time_off_id: UUID, *, member_of: Collection[UUID]) -> TimeOff | None:
    """Return time off by id, of one of the businesses *member_of*; anybody else's is None."""
    return session.scalar(select(TimeOff).where(TimeOff.id == time_off_id, TimeOff.business_id.in_(member_of)))


def times_off(
    session: Session, business_id: UUID, filters: TimeOffFilters, *, after: UUID | None, limit: int
) -> Sequence[TimeOff]:
    """Return the time off of a business that meets *filters*, in order of its making, after the id *after*."""
    where: list[ColumnElement[bool]] = [TimeOff.business_id == business_id]
    if filters.resource_id is not None:
        where.append(TimeOff.resource_id == filters.resource_id)
    if filters.starts_from is not None:
        where.append(func.lower(TimeOff.during) >= filters.starts_from)
    if filters.starts_to is not None:
        where.append(func.lower(TimeOff.during) < filters.starts_to)
    if after is not None:
        where.append(TimeOff.id > after)
    return session.scalars(select(TimeOff).where(*where).order_by(TimeOff.id).limit(limit)).all()
