"""Reading opening hours."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.catalog.tables import Schedule


def schedules(session: Session, business_ids: Collection[UUID]) -> Sequence[Schedule]:
    """Return every schedule of the businesses: of their resources, and their own (no resource)."""
    return session.scalars(select(Schedule).where(Schedule.business_id.in_(business_ids))).all()
