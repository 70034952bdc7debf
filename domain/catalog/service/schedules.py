"""Schedules: the opening hours of a business, and of those of its resources that have their own."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog import queries
from domain.catalog.rules import Archived, NewHours
from domain.catalog.service.authority import active_for_update, business_seen, require_hours, resource_seen
from domain.catalog.service.businesses import business_of
from domain.catalog.service.changes import NONE_YET, Versions, apply, expect, tell, touch
from domain.catalog.tables import Business, Resource, Schedule
from domain.kernel import lineage
from domain.kernel.changes import fresh, gone
from domain.kernel.errors import NotFound


class Replaced(NamedTuple):
    """The hours that are kept from now on, and whether there were none before."""

    schedule: Schedule
    is_new: bool


class Place(NamedTuple):
    """Whose hours are meant: a business's, or one of its resources'."""

    business: Business
    resource: Resource | None

    @property
    def resource_id(self) -> UUID | None:
        """Return the resource, or None for the business itself."""
        return self.resource.id if self.resource else None


def of_business(session: Session, slug_or_id: str, *, member_of: Collection[UUID] = ()) -> Place:
    """Return the place of a business's hours. Errors: NotFound."""
    return Place(business_of(session, slug_or_id, member_of=member_of), None)


def of_resource(session: Session, resource_id: UUID, *, member_of: Collection[UUID] = ()) -> Place:
    """Return the place of a resource's hours. Errors: NotFound."""
    resource = resource_seen(session, resource_id, member_of)
    return Place(business_seen(session, resource.business_id, member_of), resource)


def schedule_of(session: Session, place: Place) -> Schedule:
    """Return the hours that are kept there: the resource's own, else the business's. Errors: NotFound."""
    own = queries.schedule(session, place.business.id, place.resource_id)
    found = own or queries.schedule(session, place.business.id, None)
    if found is None:
        raise NotFound(what="schedule")
    return found


def replace_schedule(
    session: Session, place: Place, new: NewHours, *, caller: Principal, now: datetime, versions: Versions
) -> Replaced:
    """Replace the hours of a place as a whole, under the lane. Where there are none yet, the version is 0.

    Errors: MembersOnly, AdminsOnly, OwnResourcesOnly, Archived, StaleVersion.
    """
    place_for_update(session, place, caller)
    schedule = queries.schedule(session, place.business.id, place.resource_id)
    expect(schedule.version if schedule else NONE_YET, versions)
    values = {"timezone": new.timezone, "weekly": new.kept_weekly(), "overrides": new.kept_overrides()}
    row = schedule or _begun(session, place, values)
    changes = fresh(values) if schedule is None else apply(row, values, now=now)
    if changes:
        tell(session, "schedule.updated", row, place.business.id, by=caller.actor, changes=changes, now=now)
        session.refresh(row)
    return Replaced(row, is_new=schedule is None)


def remove_schedule(session: Session, place: Place, *, caller: Principal, now: datetime, versions: Versions) -> None:
    """Take a resource's own hours away, so that it keeps the business's again.

    Errors: MembersOnly, AdminsOnly, OwnResourcesOnly, Archived, NotFound when it has none, StaleVersion.
    """
    place_for_update(session, place, caller)
    schedule = queries.schedule(session, place.business.id, place.resource_id)
    if schedule is None:
        raise NotFound(what="schedule")
    expect(schedule.version, versions)
    touch(schedule, now=now)
    was = gone({name: getattr(schedule, name) for name in ("timezone", "weekly", "overrides")})
    tell(session, "schedule.removed", schedule, place.business.id, by=caller.actor, changes=was, now=now)
    lineage.ends(session, place.business.id, _lineage(place), schedule.version)
    session.delete(schedule)
    session.flush()


def _begun(session: Session, place: Place, values: Mapping[str, Any]) -> Schedule:
    version = lineage.begins(session, place.business.id, _lineage(place))
    made = Schedule(business_id=place.business.id, resource_id=place.resource_id, version=version, **values)
    session.add(made)
    return made


def _lineage(place: Place) -> str:
    return f"schedule/{place.resource_id or place.business.id}"


def place_for_update(session: Session, place: Place, caller: Principal) -> None:
    """Lock the lane of a place whose hours are to be changed.

    Errors: MembersOnly, AdminsOnly, OwnResourcesOnly, Archived.
    """
    require_hours(caller, place.business.id, place.resource)
    active_for_update(session, place.business.id)
    if place.resource is not None:
        session.refresh(place.resource)
        if place.resource.archived_at is not None:
            raise Archived(what="resource")
