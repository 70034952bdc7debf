"""Lists for a business's books: what moved its money, and what is disputed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from domain.kernel.periods import Period, made_within, within
from domain.payments.tables import Dispute, LedgerEntry

Row = TypeVar("Row", Dispute, LedgerEntry)


def disputes(
    session: Session, business_id: UUID, filters: Mapping[str, Any], made: Period, *, before: UUID | None, limit: int
) -> Sequence[Dispute]:
    """Return the disputes about a business's payments, the newest first, before the id *before*."""
    period = made_within(made, Dispute.created_at, Dispute.id)
    return _newest(session, Dispute, business_id, filters, period, before, limit)


def entries(
    session: Session, business_id: UUID, filters: Mapping[str, Any], made: Period, *, before: int | None, limit: int
) -> Sequence[LedgerEntry]:
    """Return what moved a business's money, the newest first, before the number *before*."""
    period = within(made, LedgerEntry.at)  # its ids are numbers that tell no time
    return _newest(session, LedgerEntry, business_id, filters, period, before, limit)


def _newest(
    session: Session,
    table: type[Row],
    business_id: UUID,
    filters: Mapping[str, Any],
    period: Sequence[ColumnElement[bool]],
    before: UUID | int | None,
    limit: int,
) -> Sequence[Row]:
    where = [getattr(table, name) == value for name, value in filters.items() if value is not None]
    if before is not None:
        where.append(table.id < before)
    mine = select(table).where(table.business_id == business_id, *where, *period)
    return session.scalars(mine.order_by(table.id.desc()).limit(limit)).all()
