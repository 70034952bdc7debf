"""Time off: dated closures of a resource or of the whole business."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog import queries
from domain.catalog.rules import NewTimeOff, TimeOffFilters, TimeOffLength, is_possible
from domain.catalog.service.authority import (
    active_for_update,
    business_seen,
    require_hours,
    require_member,
    resource_seen,
)
from domain.catalog.service.changes import Versions, apply, expect, tell, touch
from domain.catalog.service.schedules import Place, place_for_update
from domain.catalog.tables import TimeOff
from domain.kernel.changes import fresh, gone
from domain.kernel.errors import NotFound


def create_time_off(session: Session, place: Place, new: NewTimeOff, *, caller: Principal, now: datetime) -> TimeOff:
    """Close a resource or the whole business for a while. Bookings within it stay as they are.

    Errors: MembersOnly, AdminsOnly, OwnResourcesOnly, Archived, TimeOffLength.
    """
    place_for_update(session, place, caller)
    row = TimeOff(
        business_id=place.business.id,
        resource_id=place.resource_id,
        during=_during(new.starts_at, new.ends_at),
        reason=new.reason,
    )
    session.add(row)
    made = fresh({"starts_at": new.starts_at, "ends_at": new.ends_at, "reason": new.reason})
    tell(session, "time_off.created", row, row.business_id, by=caller.actor, changes=made, now=now)
    session.refresh(row)
    return row


def time_off_of(session: Session, time_off_id: UUID, *, member_of: Collection[UUID]) -> TimeOff:
    """Return time off of one of the businesses *member_of*. Errors: NotFound."""
    found = queries.time_off(session, time_off_id, member_of=member_of)
    if found is None:
        raise NotFound(what="time off")
    return found


def list_time_off(
    session: Session,
    business_id: UUID,
    filters: TimeOffFilters,
    *,
    caller: Principal,
    after: UUID | None,
    limit: int,
) -> Sequence[TimeOff]:
    """Return a page of a business's time off. Errors: NotFound for the business or the resource, MembersOnly."""
    business_seen(session, business_id, caller.roles)
    require_member(caller, business_id)
    if filters.resource_id is not None:
        _require_resource(session, filters.resource_id, business_id, caller)
    return queries.times_off(session, business_id, filters, after=after, limit=limit)


def change_time_off(
    session: Session,
    time_off_id: UUID,
    given: Mapping[str, Any],
    *,
    caller: Principal,
    now: datetime,
    versions: Versions = None,
) -> TimeOff:
    """Change when time off begins or ends, or why it is.

    Errors: NotFound, MembersOnly, AdminsOnly, OwnResourcesOnly, Archived, StaleVersion, TimeOffLength.
    """
    row = _for_update(session, time_off_id, caller)
    expect(row.version, versions)
    before = row.during
    during = _during(given.get("starts_at", before.lower), given.get("ends_at", before.upper))
    changes = dict(apply(row, {"during": during, "reason": given.get("reason", row.reason)}, now=now))
    if changes:
        if changes.pop("during", None):
            changes |= {"starts_at": (before.lower, during.lower), "ends_at": (before.upper, during.upper)}
        tell(session, "time_off.updated", row, row.business_id, by=caller.actor, changes=changes, now=now)
    return row


def delete_time_off(
    session: Session, time_off_id: UUID, *, caller: Principal, now: datetime, versions: Versions = None
) -> None:
    """Take time off back.

    Errors: NotFound, MembersOnly, AdminsOnly, OwnResourcesOnly, Archived, StaleVersion.
    """
    row = _for_update(session, time_off_id, caller)
    expect(row.version, versions)
    touch(row, now=now)
    was = gone({"starts_at": row.during.lower, "ends_at": row.during.upper, "reason": row.reason})
    tell(session, "time_off.deleted", row, row.business_id, by=caller.actor, changes=was, now=now)
    session.delete(row)
    session.flush()


def _for_update(session: Session, time_off_id: UUID, caller: Principal) -> TimeOff:
    """Return time off that is about to be changed, as it is once the lane is locked."""
    seen = time_off_of(session, time_off_id, member_of=caller.roles)
    resource = resource_seen(session, seen.resource_id, caller.roles) if seen.resource_id else None
    require_hours(caller, seen.business_id, resource)
    active_for_update(session, seen.business_id)
    session.expire(seen)
    return time_off_of(session, time_off_id, member_of=caller.roles)


def _require_resource(session: Session, resource_id: UUID, business_id: UUID, caller: Principal) -> None:
    if resource_seen(session, resource_id, caller.roles).business_id != business_id:
        raise NotFound(what="resource")


def _during(starts_at: datetime, ends_at: datetime) -> Range[datetime]:
    if not is_possible(starts_at, ends_at):
        raise TimeOffLength
    return Range(starts_at, ends_at)
