"""Opening hours, read from how they are kept into the shape that the rules decide on."""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability.rules.model import Hours
from domain.catalog import queries as catalog
from domain.catalog.queries import Kept
from domain.catalog.tables import Business

CLOSED: tuple[tuple[tuple[int, int], ...], ...] = ((),) * 7


def hours(session: Session, business: Business) -> dict[UUID | None, Hours]:
    """Return the hours of each resource that has its own, and under None the business's."""
    return hours_by_resource(catalog.kept_hours(session, business.id), business.timezone)


def hours_by_resource(kept: Mapping[UUID | None, Kept], zone: str) -> dict[UUID | None, Hours]:
    """Return hours that were read, by resource; under None those of who has none of their own."""
    default = Hours(zone=ZoneInfo(zone), weekly=CLOSED)
    return {None: default} | {owner: _hours_of(each, zone) for owner, each in kept.items()}


@lru_cache(maxsize=4096)
def _hours_of(kept: Kept, zone: str) -> Hours:
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for weekday, start, end in json.loads(kept.weekly):
        week[weekday].append((start, end))
    return Hours(
        zone=ZoneInfo(kept.timezone or zone),
        weekly=tuple(map(tuple, week)),
        overrides={
            date.fromisoformat(day): tuple((start, end) for start, end in blocks)
            for day, blocks in json.loads(kept.overrides).items()
        },
    )
