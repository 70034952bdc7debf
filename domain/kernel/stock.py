"""Stock: how many rows there are of a sort, as a worker counted them last.

It takes reading a table to know that, which is done every few minutes, and not whenever somebody asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.kernel.tables import Base

Counts = Mapping[str, Mapping[str, int]]
"""By what is counted, and by its state or what else tells its sorts apart."""


class Stock(Base):
    """One count, and when it was made."""

    __tablename__ = "stock"

    name: Mapped[str] = mapped_column(primary_key=True)
    sort: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[datetime]


def by_sort(session: Session, counted: Select[str, int], sorts: Iterable[str]) -> dict[str, int]:
    """Return what a query counts by one column; none of *sorts* is left out because there is nothing of it."""
    return {str(each): 0 for each in sorts} | {row[0]: row[1] for row in session.execute(counted)}


def keep(session: Session, counts: Counts, *, now: datetime) -> None:
    """Keep *counts* in place of what was counted under the same names before. Safe for two at once."""
    rows = [
        {"name": name, "sort": sort, "count": count, "counted_at": now}
        for name, sorts in sorted(counts.items())
        for sort, count in sorted(sorts.items())
    ]
    if rows:
        made = insert(Stock).values(rows)
        kept = {"count": made.excluded.count, "counted_at": made.excluded.counted_at}
        session.execute(made.on_conflict_do_update(index_elements=["name", "sort"], set_=kept))
    session.execute(delete(Stock).where(Stock.name.in_(counts), Stock.counted_at < now))


def last(session: Session) -> Sequence[Stock]:
    """Return every count as it was made last."""
    return session.scalars(select(Stock)).all()
