"""All that a service's availability depends on in the catalog, in one statement, as plain values."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.catalog.queries.hours import Kept
from domain.catalog.queries.offers import ABLE, Able

# Hours are told as text: equal texts are the same hours, which need not be read twice.
ON_OFFER = text(f"""
    SELECT services.id, services.business_id, businesses.timezone, services.roles, duration_minutes, slot_interval_minutes,
           buffer_before_minutes, buffer_after_minutes, min_notice_minutes, max_advance_days, capacity, daily_limit,
           requires_approval OR payment_required AND price_amount > 0 AS holds_at_first,
           who.able,
           (SELECT jsonb_agg(jsonb_build_array(resource_id, schedules.timezone, weekly::text, overrides::text))
              FROM schedules
             WHERE schedules.business_id = services.business_id
               AND (resource_id IS NULL OR resource_id = ANY (who.ids))) AS hours
      FROM services
      JOIN businesses ON businesses.id = services.business_id
     CROSS JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_array(able.role, able.id, able.priority, able.user_id) ORDER BY able.id) AS able,
                  array_agg(able.id) AS ids
             FROM ({ABLE}) AS able) AS who
     WHERE services.id = :service_id AND services.archived_at IS NULL AND businesses.archived_at IS NULL
""")  # noqa: S608 - put together from our own


class OnOffer(NamedTuple):
    """An active service of an active business: how it is booked, who could fill each role, and the hours they keep.

    Under None are the hours of those who have none of their own.
    """

    id: UUID
    business_id: UUID
    timezone: str
    roles: Sequence[str]
    duration_minutes: int
    slot_interval_minutes: int | None
    buffer_before_minutes: int
    buffer_after_minutes: int
    min_notice_minutes: int
    max_advance_days: int
    capacity: int
    daily_limit: int | None
    holds_at_first: bool
    able: Mapping[str, tuple[Able, ...]]
    hours: Mapping[UUID | None, Kept]


def on_offer(session: Session, service_id: UUID) -> OnOffer | None:
    """Return a service that can be booked; None when it, or its business, is archived, or there is none."""
    row = session.execute(ON_OFFER, {"service_id": service_id}).one_or_none()
    if row is None:
        return None
    *terms, able, hours = row
    kept_hours = {_id(owner): Kept(*kept) for owner, *kept in hours or ()}
    return OnOffer._make((*terms, _by_role(able or ()), kept_hours))


def _by_role(rows: Sequence[Any]) -> Mapping[str, tuple[Able, ...]]:
    found: dict[str, tuple[Able, ...]] = {}
    for role, resource_id, priority, user_id in rows:
        found[role] = (*found.get(role, ()), Able(UUID(resource_id), priority, _id(user_id)))
    return found


def _id(text_: str | None) -> UUID | None:
    return None if text_ is None else UUID(text_)
