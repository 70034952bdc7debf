"""Heartbeats: when a background process was last seen alive."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.kernel.tables import Base


class Heartbeat(Base):
    """The last sign of life of one process."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def beat(session: Session, name: str, *, now: datetime) -> None:
    """Note that *name* is alive."""
    session.execute(
        insert(Heartbeat).values(name=name, at=now).on_conflict_do_update(index_elements=["name"], set_={"at": now})
    )


def all_last(session: Session) -> Mapping[str, datetime]:
    """Return when each that was ever seen was last seen."""
    return {each.name: each.at for each in session.scalars(select(Heartbeat))}


def last(session: Session, name: str) -> datetime | None:
    """Return when *name* was last seen, or None."""
    found = session.get(Heartbeat, name)
    return found.at if found else None
