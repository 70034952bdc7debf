"""What is offered instead of a start that was refused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability import queries
from domain.availability.rules.effort import Effort
from domain.availability.rules.model import Slot
from domain.availability.rules.zones import day_number, local_day, spans_of_days
from domain.availability.service.slots import Asked, Offered, on_offer, reading

NEAREST = 3
AROUND = timedelta(days=7)
WORTH = 50_000
"""How many places are weighed to find alternatives: fewer than for an answer that was asked for."""
CROWD = 5_000
"""What one date may have that takes resources, so that a fortnight is still read for alternatives."""


def alternatives(session: Session, asked: Asked, at: datetime, *, now: datetime) -> Offered:
    """Return the few free starts nearest to *at*, the nearest of its date first, then those around it that can be booked.

    Each with its resources as the allocator would prefer them.

    In a rush nearly everybody is told of the same date, and the days around it cost ten times as much.
    Errors: those of `prepared`.
    """
    service = on_offer(session, asked.service_id, asked.party)
    zone, wanted = ZoneInfo(service.timezone), int(at.timestamp())
    today = now.astimezone(zone).date()
    window_end = today + timedelta(days=service.max_advance_days)
    day = min(max(at.astimezone(zone).date(), today), window_end)
    on_day, effort = reading(session, service, asked, (day, day), now=now), Effort(WORTH)
    found = on_day.search().nearest(wanted, NEAREST, effort)
    if len(found) < NEAREST and on_day.crowd <= CROWD:
        dates = max(day - AROUND, today), min(day + AROUND, window_end)
        around = reading(session, service, asked, dates, now=now)
        begun = spans_of_days(day_number(day), day_number(day), zone)
        found = [*found, *around.search(besides=begun).nearest(wanted, NEAREST - len(found), effort)]
    return replace(on_day.none(), slots=_as_preferred(session, found, zone, besides=asked.besides, now=now))


def _as_preferred(
    session: Session, slots: Sequence[Slot], zone: ZoneInfo, *, besides: UUID | None, now: datetime
) -> Sequence[Slot]:
    """Return slots with the resources in the order in which they would be taken: who has least booked on the date first.

    A booking that moves, *besides*, does not count where it is now.
    """
    days = {local_day(slot.start, zone) for slot in slots}
    ids = {each for slot in slots for able in slot.resources for each in able}
    if not slots or all(len(able) == 1 for slot in slots for able in slot.resources):
        return slots
    dates = tuple(span for day in sorted(days) for span in spans_of_days(day, day, zone))
    taken = queries.occupying_claims(session, ids, dates, now=now, besides=besides)
    booked = Counter((each.resource_id, local_day(each.claim.start, zone)) for each in taken)

    def preferred(slot: Slot) -> Slot:
        day = local_day(slot.start, zone)
        ordered = (tuple(sorted(able, key=lambda each: booked[each, day])) for able in slot.resources)
        return slot._replace(resources=tuple(ordered))

    return [preferred(slot) for slot in slots]
