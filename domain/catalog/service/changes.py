"""Changing a row: at the version that was meant, only what differs, and with word of it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from domain.catalog import queries
from domain.kernel import audit, events
from domain.kernel.actors import Actor
from domain.kernel.changes import NOTHING, Changes
from domain.kernel.errors import StaleVersion

Versions = Collection[int] | None
"""Which versions a caller means to change; None: any that there is."""

NONE_YET = 0
"""The version of what does not exist."""


class Versioned(Protocol):
    """A row that callers change."""

    id: Any
    version: Any
    updated_at: Any


def expect(version: int, versions: Versions) -> None:
    """Refuse to change a version that the caller does not mean. Errors: StaleVersion."""
    if version == NONE_YET if versions is None else version not in versions:
        raise StaleVersion(version=version)


def apply(row: Versioned, values: Mapping[str, Any], *, now: datetime) -> Changes:
    """Set the columns that differ, and raise the version if any does; return those, as they were and are."""
    differing = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_, value) in differing.items():
        setattr(row, name, value)
    if differing:
        touch(row, now=now)
    return differing


def touch(row: Versioned, *, now: datetime) -> None:
    """Raise the version of a row that has changed, or something that belongs to it."""
    row.version += 1
    row.updated_at = now


def touch_services(session: Session, business_id: UUID, service_ids: Collection[UUID], *, now: datetime) -> None:
    """Raise the version of services that are offered by others than before, with word of it. The caller holds the lane."""
    services = queries.services_by_id(session, service_ids)
    touch_all(session, "service.updated", services.values(), business_id, now=now)


def touch_all(session: Session, kind: str, rows: Iterable[Versioned], business_id: UUID, *, now: datetime) -> None:
    """Raise the version of rows to which something has changed that is kept elsewhere, with word of it."""
    touched = sorted(rows, key=lambda row: row.id)
    for row in touched:
        touch(row, now=now)
    _tell(session, kind, touched, business_id, now)


def tell(
    session: Session,
    kind: str,
    row: Versioned,
    business_id: UUID,
    *,
    by: Actor,
    changes: Changes = NOTHING,
    now: datetime,
) -> None:
    """Write the event that a row has become what it is, the row before it, and who has changed what of it."""
    _tell(session, kind, [row], business_id, now)
    audit.record(session, by, kind, row.id, business_id=business_id, changes=changes, now=now)


def _tell(session: Session, kind: str, rows: Iterable[Versioned], business_id: UUID, now: datetime) -> None:
    session.flush()
    facts = [
        events.Fact(kind=kind, business_id=business_id, subject_id=row.id, subject_version=row.version) for row in rows
    ]
    events.record(session, facts, now=now)
