"""What the places of bookings would be like if these, and all others of which the same holds, kept their wall times."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability import queries as availability
from domain.availability.rules.diary import Diary, Occupied
from domain.availability.rules.meeting import met, shifted
from domain.availability.rules.model import Hours
from domain.availability.rules.openings import Openings, openings
from domain.availability.rules.spans import merged
from domain.availability.rules.wall_times import read_again
from domain.availability.rules.zones import valid_zone
from domain.bookings.queries import places
from domain.bookings.queries.moved_clocks import Moment
from domain.bookings.queries.places import Neighbour
from domain.catalog import queries as catalog
from domain.catalog.tables import Business

Shifts = Mapping[UUID, int]
"""By how many seconds bookings would move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The place of a booking as it *stands*, and as it would be if it *moves*: what is against it there."""

    stands_outside_hours: bool
    moves_outside_hours: bool
    moves_into_time_off: bool
    meets: Sequence[UUID]


class Place(NamedTuple):
    """What a booking has on one resource, and would have there."""

    resource_id: UUID
    now: Occupied
    then: Occupied


class Ground(NamedTuple):
    """Resources as they would be once all have moved, and how many of a service can be there at once."""

    opened: Mapping[UUID, Openings]
    diaries: Mapping[UUID, Diary]
    capacities: Mapping[UUID, int]


def outlooks(
    session: Session, business: Business, hours: Mapping[UUID | None, Hours], shifts: Shifts, moment: Moment
) -> Mapping[UUID, Outlook]:
    """Return the outlook of each of some bookings of a business that has a place."""
    by_booking: defaultdict[UUID, list[Place]] = defaultdict(list)
    for resource_id, claim in places.places(session, shifts.keys(), now=moment.now):
        booking_id = claim.booking_id
        assert booking_id is not None  # noqa: S101 - read from claims
        by_booking[booking_id].append(Place(resource_id, claim, shifted(claim, shifts[booking_id])))
    if not by_booking:
        return {}
    ground = _ground(session, business, hours, [each for some in by_booking.values() for each in some], shifts, moment)
    return {booking_id: _outlook(ground, some) for booking_id, some in by_booking.items()}


def _outlook(ground: Ground, some: Sequence[Place]) -> Outlook:
    met_ids = {
        other.booking_id
        for each in some
        for other in met(ground.diaries[each.resource_id], each.then, ground.capacities[each.then.service_id])
    }
    return Outlook(
        stands_outside_hours=any(_is_outside(ground, each.resource_id, each.now) for each in some),
        moves_outside_hours=any(_is_outside(ground, each.resource_id, each.then) for each in some),
        moves_into_time_off=any(
            any(ground.diaries[each.resource_id].closures_in((each.then.footprint_start, each.then.footprint_end)))
            for each in some
        ),
        meets=sorted(each for each in met_ids if each),
    )


def _is_outside(ground: Ground, resource_id: UUID, claim: Occupied) -> bool:
    return ground.opened[resource_id].closes(claim.start) < claim.end


def _ground(
    session: Session,
    business: Business,
    hours: Mapping[UUID | None, Hours],
    some: Sequence[Place],
    shifts: Shifts,
    moment: Moment,
) -> Ground:
    resource_ids = {each.resource_id for each in some}
    footprints = merged((each.then.footprint_start, each.then.footprint_end) for each in some)
    claims: defaultdict[UUID, list[Occupied]] = defaultdict(list)
    for neighbour in places.neighbours(session, resource_ids, footprints, moment):
        claims[neighbour.resource_id].append(shifted(neighbour.claim, _shift(neighbour, shifts)))
    closed = availability.closures(session, business.id, resource_ids, footprints)
    span = (
        min(min(each.now.start, each.then.start) for each in some),
        max(max(each.now.end, each.then.end) for each in some),
    )
    services = catalog.services_by_id(session, {each.now.service_id for each in some})
    return Ground(
        opened={each: openings(hours.get(each, hours[None]), span) for each in resource_ids},
        diaries={
            each: Diary(claims[each], (off.closure for off in closed if off.resource_id in {None, each}))
            for each in resource_ids
        },
        capacities={each.id: each.capacity for each in services.values()},
    )


def _shift(neighbour: Neighbour, shifts: Shifts) -> int:
    """Return by how much a neighbour moves with the others, be it among those that are asked about or not."""
    known = shifts.get(neighbour.claim.booking_id) if neighbour.claim.booking_id else None
    if known is not None:
        return known
    if not neighbour.may_move or not valid_zone(neighbour.timezone):
        return 0
    reading = read_again(datetime.fromisoformat(neighbour.local_start), ZoneInfo(neighbour.timezone))
    return reading.shift(neighbour.starts_at)
