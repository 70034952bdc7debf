"""Replanning: what the rules of a business make of the bookings that it has already, a page of them at a time."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from domain.bookings.tables import Booking
from domain.notifications.queries.by_link import IS_BY_LINK
from domain.notifications.queries.planning import ACCOUNT, AGAIN, AS_RULED, BEHIND, BY_RULE, RULED_BY
from domain.notifications.rules.notices import Urgency
from domain.notifications.rules.reminding import DEFAULT, LONGEST

PAGE = 500


class Place(NamedTuple):
    """Where a page of a business's bookings has ended, in the order of their starts."""

    starts_at: datetime
    booking_id: UUID


# What the tail plans of a booking when it gets its place or is over, by the same keys: what it has planned is left as it is.
RULED = text(f"""
    WITH ruled AS (
        SELECT CAST(NULL AS uuid) AS event_id, b.version, b.id AS booking_id, b.business_id, {ACCOUNT},
               {IS_BY_LINK.format(line="placed")},
               {BY_RULE}
          FROM bookings AS b
          {BEHIND.format(version="1")}
          LEFT JOIN LATERAL (
               SELECT * FROM booking_history AS line
                WHERE line.booking_id = b.id AND line.changes ? 'starts_at'
                ORDER BY line.version DESC LIMIT 1) AS placed ON true
          {RULED_BY}
         WHERE b.id = ANY (:ids)
           AND (rule.notice, b.status) IN (('reminder', 'confirmed'), ('follow_up', 'completed')))
    {AS_RULED}
     WHERE due_at > :now {AGAIN}
""")  # noqa: S608 - made of our own words


def page_of(session: Session, business_id: UUID, *, after: Place | None, now: datetime) -> Sequence[Place]:
    """Return the next bookings of a business that a rule could tell of still; the first ones without *after*."""
    begin = after or Place(now - timedelta(minutes=LONGEST) - timedelta(days=1), UUID(int=0))
    order = (Booking.starts_at, Booking.id)
    asked = (
        select(*order)
        .where(Booking.business_id == business_id, tuple_(*order) > begin)
        .where(Booking.status.in_(["confirmed", "completed"]))
    )
    return [Place._make(row) for row in session.execute(asked.order_by(*order).limit(PAGE))]


def plan_by_rules(session: Session, ids: Sequence[UUID], *, now: datetime) -> None:
    """Plan what the present rules say of some bookings and is not past. What was planned before is left as it is."""
    default = json.dumps(DEFAULT.packed()["rules"])
    session.execute(RULED, {"ids": list(ids), "default": default, "urgency": Urgency.BY_RULE, "now": now})
