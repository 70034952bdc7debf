"""Events: our own facts, written with the jobs that follow from them, in the transaction that makes them true."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, func, text
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import UserDefinedType

from domain.kernel import jobs
from domain.kernel.ids import new_id
from domain.kernel.plot import LANED, PLOT
from domain.kernel.tables import Base, Serial


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type as PostgreSQL does."""
        return "xid8"


class Event(Base):
    """One fact. A reader's cursor is (xid, id) below the oldest running transaction, so late commits are not skipped."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "business_id", "xid", "id"),
        Index(None, "business_id", "created_at"),
        # For tails, which say that ids are above 0, as all are. A business's feed does not: it is to be read by its own.
        Index("ix_events_xid_id", "xid", "id", postgresql_where="id > 0"),
    )

    id: Mapped[Serial]
    public_id: Mapped[UUID] = mapped_column(unique=True)
    xid: Mapped[str] = mapped_column(Xid8(), server_default=func.pg_current_xact_id())
    business_id: Mapped[UUID | None]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    subject_version: Mapped[int] = mapped_column(Integer)
    payload: Mapped[dict[str, Any]]
    request_id: Mapped[str | None]
    created_at: Mapped[datetime]


class FeedEpoch(Base):
    """Which database the feed's positions belong to: transaction ids mean nothing in a copy of it.

    `origin` is what `epochs.origin` finds: the server's system, the database, the timeline. A reader's cursor carries
    the `epoch`, and is refused when the one that stands for this database is another.
    """

    __tablename__ = "feed_epochs"

    origin: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[UUID] = mapped_column(default=new_id)
    made_at: Mapped[datetime]


# Their ids rise in the order in which they are given.
INSERT = text("""
    INSERT INTO events (public_id, business_id, kind, subject_id, subject_version, payload, request_id, created_at)
    SELECT public_id, business_id, kind, subject_id, subject_version, payload, request_id, :now
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
           public_id uuid, business_id uuid, kind text, subject_id uuid, subject_version int, payload jsonb,
           request_id text)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What happened to one subject, for `record` to write down."""

    kind: str
    subject_id: UUID
    subject_version: int
    business_id: UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    """On behalf of which request it happened; None: the one that this transaction serves."""


def record(session: Session, facts: Sequence[Fact], *, now: datetime) -> None:
    """Write *facts* and the jobs that the plot gives each; an unknown kind is a KeyError, so that none goes unplotted."""
    if not facts:
        return
    rows = [_row(session, fact) for fact in facts]
    session.execute(INSERT, {"rows": json.dumps(rows, default=str), "now": now})
    jobs.add(
        session,
        [
            jobs.Order(
                kind=kind,
                ref_id=fact.subject_id,
                lane=fact.business_id if kind in LANED else None,
                event_id=row["public_id"],
                request_id=row["request_id"],
            )
            for fact, row in zip(facts, rows, strict=True)
            for kind in PLOT[fact.kind]
        ],
        now=now,
    )


def _row(session: Session, fact: Fact) -> dict[str, Any]:
    return {
        "public_id": new_id(),
        "business_id": fact.business_id,
        "kind": fact.kind,
        "subject_id": fact.subject_id,
        "subject_version": fact.subject_version,
        "payload": fact.payload,
        "request_id": fact.request_id or session.info.get("request_id"),
    }
