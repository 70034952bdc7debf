"""The one lock order, kept by every transaction, from the lane to the jobs: ORDER.

Two transactions that take their locks in the same order cannot deadlock. Each table is locked in one statement by
primary key, and never again after a table further down; a session that goes back is stopped by `LockOrderViolated`
in every environment, because the bug it shows would otherwise surface only under load.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from domain.kernel.tables import Base

ORDER = (
    *("accounts", "tails", "lanes", "resources", "bookings"),
    *("provider_accounts", "payments", "refunds", "disputes", "provider_events"),
    *("notifications", "webhook_endpoints", "webhook_deliveries", "jobs"),
)

Row = TypeVar("Row", bound=Base)


class LockOrderViolated(RuntimeError):
    """A transaction tried to lock a table that comes before one that it holds already."""


def rows_for_update(session: Session, row: type[Row], *where: ColumnElement[bool]) -> Sequence[Row]:
    """Lock the rows that match, ordered by primary key, and return them freshly read.

    `FOR NO KEY UPDATE`: a child's insert locks its parent's key, which the stronger lock would block (and deadlock).
    """
    enter(session, row.__tablename__)
    key: Any = row.__mapper__.primary_key[0]
    return session.scalars(
        select(row)
        .where(*where)
        .order_by(key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def enter(session: Session, table: str) -> None:
    """Note that this transaction locks rows of *table* now; refuse to go back in the order.

    Not inside a savepoint either: rolling back to it would drop the lock while this note said that it is held.
    """
    held: list[str] = session.info.setdefault("locks", [])
    if held and ORDER.index(table) <= ORDER.index(held[-1]):
        raise LockOrderViolated(f"{table} must be locked before {held[-1]}")
    if session.in_nested_transaction():
        raise LockOrderViolated(f"{table} must be locked before a savepoint, not inside one")
    held.append(table)


def require(session: Session, *tables: str) -> None:
    """Refuse to go on unless this transaction has locked rows of each of *tables*."""
    missing = set(tables).difference(session.info.get("locks", ()))
    if missing:
        raise LockOrderViolated(f"{', '.join(sorted(missing))} must be locked first")
