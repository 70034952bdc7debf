"""Reading the audit log: its own entries, and beside them the lines of bookings' histories that somebody wrote.

Each of the two is read from the end of an index of its own, for as many rows as are asked for, and the newest of those
are the page.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from domain.bookings.tables import Move
from domain.kernel.actors import Through
from domain.kernel.audit import OF_INSTALLATION, AuditEntry, Sought
from domain.kernel.periods import made_within

ACTION = case(
    (Move.from_status.is_(None), literal("booking.requested")),
    (Move.from_status == Move.to_status, literal("booking.", Text).concat(Move.reason)),
    else_=literal("booking.", Text).concat(Move.to_status),
)
STATUS = case(
    (
        Move.from_status.is_distinct_from(Move.to_status),
        func.jsonb_build_object("status", func.jsonb_build_array(Move.from_status, Move.to_status)),
    ),
    else_=cast(literal("{}", Text), JSONB),
)
LINES = (
    select(
        Move.entry_id.label("id"),
        Move.business_id,
        cast(null(), Uuid).label("account_id"),
        Move.actor_id,
        Move.through,
        Move.through_id,
        Move.request_id,
        ACTION.label("action"),
        Move.booking_id.label("subject_id"),
        Move.changes.op("||")(STATUS).label("changes"),
        Move.at.label("created_at"),
    )
    .where(Move.entry_id.is_not(None))
    .subquery("lines")
)
ENTRIES: FromClause = AuditEntry.__table__


class Entry(NamedTuple):
    """One change, wherever it is kept."""

    id: UUID
    business_id: UUID | None
    account_id: UUID | None
    actor_id: UUID | None
    through: str
    through_id: UUID | None
    request_id: str | None
    action: str
    subject_id: UUID | None
    changes: dict[str, Any]
    created_at: datetime


def entries_of_business(
    session: Session, business_id: UUID, sought: Sought, *, before: UUID | None, limit: int
) -> Sequence[Entry]:
    """Return what was changed in a business, the newest first, from before the id *before*."""
    pages = [_page(each, each.c.business_id == business_id, sought, before, limit) for each in (ENTRIES, LINES)]
    both = union_all(*(select(page.subquery()) for page in pages)).subquery()
    return _read(session, select(both).order_by(both.c.id.desc()).limit(limit))


def entries_of_account(
    session: Session, account_id: UUID, sought: Sought, *, before: UUID | None, limit: int
) -> Sequence[Entry]:
    """Return what was changed of an account and its user, the newest first, from before the id *before*."""
    return _read(session, _page(ENTRIES, ENTRIES.c.account_id == account_id, sought, before, limit))


def entries_of_installation(session: Session, sought: Sought, *, before: UUID | None, limit: int) -> Sequence[Entry]:
    """Return what operators have done, the newest first, from before the id *before*."""
    return _read(session, _page(ENTRIES, literal_column(f"({OF_INSTALLATION})", Boolean), sought, before, limit))


def entry_of(
    session: Session, entry_id: UUID, *, account_id: UUID | None, business_ids: Collection[UUID]
) -> Entry | None:
    """Return an entry of an account or of one of some businesses."""
    of_one = ENTRIES.c.business_id.in_(business_ids) | (ENTRIES.c.account_id == account_id)
    own = select(*_columns(ENTRIES)).where(ENTRIES.c.id == entry_id, of_one)
    line = select(*_columns(LINES)).where(LINES.c.id == entry_id, LINES.c.business_id.in_(business_ids))
    return next(iter(_read(session, union_all(own, line))), None)


def _page(
    source: FromClause, scope: ColumnElement[bool], sought: Sought, before: UUID | None, limit: int
) -> Select[Any]:
    page = select(*_columns(source)).where(scope, *_asked(source.c, sought))
    if before is not None:
        page = page.where(source.c.id < before)
    return page.order_by(source.c.id.desc()).limit(limit)


def _asked(columns: Any, sought: Sought) -> list[ColumnElement[bool]]:  # noqa: ANN401 - of a table, or like one
    asked: list[ColumnElement[bool]] = []
    if sought.actor_id is not None:
        asked.append(columns.actor_id == sought.actor_id)
    if sought.key_id is not None:
        asked += [columns.through == Through.API_KEY.value, columns.through_id == sought.key_id]
    if sought.subject_id is not None:
        asked.append(columns.subject_id == sought.subject_id)
    if sought.actions is not None:
        asked.append(columns.action.in_(sorted(sought.actions)))
    return asked + made_within(sought.made, columns.created_at, columns.id)


def _columns(source: FromClause) -> list[ColumnElement[Any]]:
    return [source.c[name] for name in Entry._fields]


def _read(session: Session, statement: Any) -> Sequence[Entry]:  # noqa: ANN401 - a select, or several in one
    return [Entry(*row) for row in session.execute(statement)]
