"""Sealing anew what is kept sealed, after the key was changed: a batch of a table's rows in a transaction.

Nothing is changed that anybody sees: neither a row's version nor when it was last changed. A batch is safe to repeat.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.kernel.tables import Base

BATCH = 100
"""Rows whose locks are held at a time."""

Reseal = Callable[[UUID, bytes], bytes | None]
"""Returns what was sealed for the row of an id as the present key seals it: as it is, if that did; None: it cannot be read."""


class Sealed(NamedTuple):
    """Where a room keeps what is sealed: in which columns of which table's rows.

    A row is told to be unreadable by what *needed* columns hold; *spare* ones are left as they are where they cannot be read.
    """

    table: type[Base]
    such: Sequence[ColumnElement[bool]]
    needed: Sequence[str]
    spare: Sequence[str] = ()


class Resealed(NamedTuple):
    """What became of a batch: the id of its last row, how many it had, how many were sealed anew, and which cannot be read."""

    last: UUID
    rows: int
    anew: int
    unreadable: Sequence[UUID]


def reseal_batch(session: Session, *, what: Sealed, after: UUID | None, reseal: Reseal) -> Resealed | None:
    """Seal the next rows anew after that of an id; None: there are none. Locks them."""
    ids = _ids(session, what, after)
    if not ids:
        return None
    rows = _rows_for_update(session, what, ids)
    anew = 0
    unreadable = []
    for row in rows:
        found = {name: reseal(row.id, kept) for name in (*what.needed, *what.spare) if (kept := getattr(row, name))}
        anew += _keep(session, what.table, row, found)
        if any(name in found and found[name] is None for name in what.needed):
            unreadable.append(row.id)
    return Resealed(ids[-1], len(rows), anew, unreadable)


def _ids(session: Session, what: Sealed, after: UUID | None) -> Sequence[UUID]:
    key = _key(what.table)
    behind = [] if after is None else [key > after]
    return session.scalars(select(key).where(*what.such, *behind).order_by(key).limit(BATCH)).all()


def _rows_for_update(session: Session, what: Sealed, ids: Sequence[UUID]) -> Sequence[Any]:
    return locks.rows_for_update(session, what.table, _key(what.table).in_(ids), *what.such)


def _key(table: type[Base]) -> Any:  # noqa: ANN401 - a column
    return table.__mapper__.primary_key[0]


def _keep(session: Session, table: type[Base], row: Any, found: dict[str, bytes | None]) -> bool:  # noqa: ANN401 - a row
    """Write what is sealed anew, and not that the row has changed; tell whether there was anything."""
    changed: dict[str, Any] = {name: value for name, value in found.items() if value not in {None, getattr(row, name)}}
    if not changed:
        return False
    dated: Any = table
    keeps = update(table).where(_key(table) == row.id).values(**changed, updated_at=dated.updated_at)
    session.execute(keeps.execution_options(synchronize_session=False))
    return True
