"""Lineage: what is removed and made anew goes on counting its versions where it had got to, so that none comes twice.

Otherwise a tag of what was there before would fit what is there now, and events about it would tell two stories at one
version. What is meant is named within its business, as `member/<id>`. Whoever calls holds the lock under which that is
made and removed: the lane, or the members.
"""

from uuid import UUID

from sqlalchemy import Integer, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.kernel.tables import Base

FIRST = 1


class LastVersion(Base):
    """At which version something was removed. It names others by their ids only, without foreign keys: it outlives them."""

    __tablename__ = "last_versions"

    business_id: Mapped[UUID] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


def ends(session: Session, business_id: UUID, what: str, version: int) -> None:
    """Remember that something was removed, and the version that it reached by that."""
    ended = insert(LastVersion).values(business_id=business_id, what=what, version=version)
    session.execute(
        ended.on_conflict_do_update(index_elements=["business_id", "what"], set_={"version": ended.excluded.version})
    )


def begins(session: Session, business_id: UUID, what: str) -> int:
    """Return the version that something begins with: the first, or the one after that of its removal."""
    mine = (LastVersion.business_id == business_id, LastVersion.what == what)
    last = session.scalar(select(LastVersion.version).where(*mine))
    return FIRST if last is None else last + 1
