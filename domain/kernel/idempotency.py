"""Idempotency keys: the same request sent again gets the same answer, and its effect happens once.

The key is claimed and its answer stored in the transaction of the effect, so neither exists without the other.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, SmallInteger, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.kernel.errors import IdempotencyInFlight, IdempotencyKeyReused
from domain.kernel.tables import Base

KEPT = timedelta(hours=24)
PURGED = 5000


class IdempotencyKey(Base):
    """What a caller's key stood for, and what was answered; *sealed* is a body that tells a secret."""

    __tablename__ = "idempotency_keys"

    principal: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[dict[str, Any] | None]
    headers: Mapped[dict[str, Any]]
    object_id: Mapped[UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a key: by whom (line of API keys or user, not the token), and for which request."""

    principal: UUID
    key: str
    method: str
    path: str
    body: bytes

    @property
    def fingerprint(self) -> bytes:
        """Return what tells this request from another under the same key."""
        return hashlib.sha256(b"\0".join((self.method.encode(), self.path.encode(), self.body))).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The answer to keep: as it was, encrypted if it tells a secret, or the id of an object whose state is the answer."""

    status: int
    body: dict[str, Any] | None = None
    headers: dict[str, str]
    object_id: UUID | None = None
    sealed: bytes | None = field(default=None, repr=False)


def claim(session: Session, use: Use, *, now: datetime) -> Stored | None:
    """Hold the key until the transaction ends; return what was answered before, or None when it is new.

    Errors: IdempotencyInFlight while another transaction holds it (never waits), IdempotencyKeyReused when it stood
    for another request.
    """
    name = f"{use.principal}:{use.key}"
    if not session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))):
        raise IdempotencyInFlight
    row = session.get(IdempotencyKey, (use.principal, use.key))
    if row is None or row.created_at <= now - KEPT:
        return None
    if row.fingerprint != use.fingerprint:
        raise IdempotencyKeyReused
    return Stored(status=row.status, body=row.body, headers=row.headers, object_id=row.object_id, sealed=row.sealed)


def store(session: Session, use: Use, answer: Stored, *, now: datetime) -> None:
    """Keep *answer* for a day; a row that has outlived its day is replaced."""
    values = {
        "fingerprint": use.fingerprint,
        "status": answer.status,
        "body": answer.body,
        "headers": answer.headers,
        "object_id": answer.object_id,
        "sealed": answer.sealed,
        "created_at": now,
    }
    session.execute(
        insert(IdempotencyKey)
        .values(principal=use.principal, key=use.key, **values)
        .on_conflict_do_update(index_elements=["principal", "key"], set_=values)
    )


def purged(session: Session, *, now: datetime) -> bool:
    """Delete keys that are older than a day, a batch of them; tell whether there may be more."""
    name = tuple_(IdempotencyKey.principal, IdempotencyKey.key)
    old = select(IdempotencyKey.principal, IdempotencyKey.key).where(IdempotencyKey.created_at <= now - KEPT)
    gone = session.scalars(delete(IdempotencyKey).where(name.in_(old.limit(PURGED))).returning(IdempotencyKey.key))
    return len(gone.all()) == PURGED
