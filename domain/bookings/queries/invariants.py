"""What must hold whatever happened, each as a statement that lists what breaks it.

They share nothing with the guards on claims: overlaps are found by a sweep over the rows of each resource, in order of
their starts, so that the time they take grows with the rows and not with their pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Text, bindparam, column, func, select, text
from sqlalchemy.orm import Session

from domain.bookings.rules import MOVABLE, OCCUPYING
from domain.kernel.ids import Kind
from domain.kernel.plot import ALLOCATE, PLOT

EXAMPLES = 10

# A claim that meets an earlier one of another service, where one of that service reaches further, is not found;
# but then those two meet each other, and that is.
ONE_PLACE = """
    WITH swept AS (
        SELECT booking_id, exclusive, lower(footprint) AS since,
               max(upper(footprint)) OVER before AS taken_until,
               max(upper(footprint)) FILTER (WHERE exclusive) OVER before AS closed_until,
               max(upper(footprint)) OVER (PARTITION BY resource_id, service_id ORDER BY lower(footprint), id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS shared_until
          FROM claims
         WHERE released_at IS NULL
        WINDOW before AS (PARTITION BY resource_id ORDER BY lower(footprint), id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
    SELECT booking_id AS id FROM swept
     WHERE closed_until > since
        OR taken_until > since AND (exclusive OR taken_until > coalesce(shared_until, '-infinity'))
"""

# Where too much is taken, with the time at which the last of those present got their place.
FULL = """
    WITH edge AS (
        SELECT booking_id, resource_id, service_id, lower(footprint) AS at, seats FROM claims WHERE released_at IS NULL
         UNION ALL
        SELECT NULL, resource_id, service_id, upper(footprint), -seats FROM claims WHERE released_at IS NULL),
    level AS (
        SELECT *, sum(seats) OVER (PARTITION BY resource_id, service_id ORDER BY at, seats
                                   ROWS UNBOUNDED PRECEDING) AS taken
          FROM edge),
    full_up AS (
        SELECT level.*, coalesce(services.capacity_changed_at, '-infinity') AS offered_since
          FROM level JOIN services ON services.id = level.service_id
         WHERE booking_id IS NOT NULL AND taken > capacity)
    SELECT booking_id AS id FROM full_up
     WHERE (SELECT coalesce(max(h.at), 'infinity')
              FROM claims AS c JOIN booking_history AS h ON h.booking_id = c.booking_id
             WHERE c.resource_id = full_up.resource_id AND c.service_id = full_up.service_id
               AND c.released_at IS NULL AND c.footprint @> full_up.at
               AND (h.from_status = 'pending' OR h.reason = 'rescheduled'))
"""

PLACED = """
    SELECT b.id
      FROM bookings AS b
      LEFT JOIN claims AS c ON c.booking_id = b.id AND c.released_at IS NULL
     WHERE b.status = ANY (:occupying)
     GROUP BY b.id
    HAVING count(c.id) <> jsonb_array_length(b.resources) OR count(c.id) = 0
        OR count(DISTINCT c.resource_id) <> count(c.id)
        OR NOT bool_and(b.resources @> jsonb_build_array(jsonb_build_object('resource_id', c.resource_id))
                        AND c.service_id = b.service_id AND c.seats = b.party
                        AND c.expires_at IS NOT DISTINCT FROM b.hold_expires_at
                        AND c.footprint = tstzrange(b.starts_at - make_interval(mins => b.buffer_before_minutes),
                                                    b.ends_at + make_interval(mins => b.buffer_after_minutes)))
"""

FREED = """
    SELECT b.id
      FROM claims AS c JOIN bookings AS b ON b.id = c.booking_id
     WHERE c.released_at IS NULL AND NOT b.status = ANY (:occupying)
"""

HISTORY = """
    SELECT b.id
      FROM bookings AS b
      LEFT JOIN booking_history AS h ON h.booking_id = b.id
     GROUP BY b.id
    HAVING count(h.id) <> b.version OR min(h.version) <> 1 OR max(h.version) <> b.version
        OR max(h.to_status) FILTER (WHERE h.version = b.version) <> b.status
"""

UNDECIDED = """
    SELECT b.id
      FROM bookings AS b
     WHERE b.status = 'pending'
       AND NOT EXISTS (SELECT FROM jobs AS j WHERE j.ref_id = b.id AND j.kind = :allocate AND j.state <> 'done')
"""

UNMOVED = """
    SELECT r.booking_id AS id
      FROM reschedules AS r JOIN bookings AS b ON b.id = r.booking_id
     WHERE r.status = 'pending'
       AND (NOT b.status = ANY (:movable)
            OR NOT EXISTS (SELECT FROM jobs AS j WHERE j.ref_id = b.id AND j.kind = :allocate AND j.state <> 'done'))
"""

DEAD = "SELECT id FROM jobs WHERE state = 'dead'"

UNPLOTTED = "SELECT public_id AS id FROM events WHERE NOT kind = ANY (:kinds)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """A statement that lists the ids of what breaks it, and what these are ids of (None: whole numbers).

    *asked* is what it asks with, beside what is in ASKED.
    """

    statement: str
    of: Kind | None = Kind.BOOKING
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)


INVARIANTS: Mapping[str, Invariant] = {
    "one_place_one_booking": Invariant(statement=ONE_PLACE),
    "seats_within_capacity": Invariant(statement=f"{FULL} > offered_since"),
    "places_where_they_should_be": Invariant(statement=PLACED),
    "no_places_after_the_end": Invariant(statement=FREED),
    "history_without_holes": Invariant(statement=HISTORY),
    "pending_bookings_have_a_job": Invariant(statement=UNDECIDED),
    "pending_reschedules_have_a_job": Invariant(statement=UNMOVED),
    "no_dead_jobs": Invariant(statement=DEAD, of=None),
    "events_of_known_kinds": Invariant(statement=UNPLOTTED, of=Kind.EVENT),
}

NOTICES: Mapping[str, Invariant] = {"seats_since_capacity_was_lowered": Invariant(statement=f"{FULL} <= offered_since")}
"""What may look like a break and is none: a service's capacity was changed after the places had been given."""

ASKED = {
    "occupying": [*OCCUPYING],
    "movable": [*MOVABLE],
    "allocate": ALLOCATE,
    "kinds": [*PLOT],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How many break an invariant, and the ids of some."""

    name: str
    of: Kind | None
    count: int
    examples: Sequence[str]


def finding(session: Session, name: str, invariant: Invariant) -> Finding:
    """Check one invariant on what is committed by now."""
    asked: list[BindParameter[Any]] = [
        bindparam(each, value)
        for each, value in {**ASKED, **invariant.asked}.items()
        if f":{each}" in invariant.statement
    ]
    broken = text(invariant.statement).bindparams(*asked).columns(column("id", Text)).subquery()
    rows = session.execute(select(broken.c.id, func.count().over()).order_by(broken.c.id).limit(EXAMPLES)).all()
    return Finding(
        name=name, of=invariant.of, count=rows[0][1] if rows else 0, examples=[str(each) for each, _ in rows]
    )
