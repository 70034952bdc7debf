"""Claims past the application: raw writers, the guards taken away, and a judge that shares no code with either."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.types.range import TimestamptzRange

from config.settings import settings

INSERT = """
    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
LIVE = """
    SELECT resource_id, service_id, capacity, lower(footprint), upper(footprint), seats, exclusive
      FROM claims JOIN services ON services.id = service_id
     WHERE released_at IS NULL AND (capacity_changed_at IS NULL OR resource_id = ANY (%s))
"""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim to be written by hand; *exclusive* is as the writer says, whatever the service's capacity."""

    booking_id: UUID
    resource_id: UUID
    service_id: UUID
    start: datetime
    minutes: int = 30
    seats: int = 1
    exclusive: bool = True

    def write(self, connection: psycopg.Connection[Any]) -> int:
        """Insert it, and return its id. Raises psycopg's errors."""
        end = self.start + timedelta(minutes=self.minutes)
        row = connection.execute(
            INSERT,
            (
                *(self.booking_id, self.resource_id, self.service_id, self.start, end),
                *(TimestamptzRange(self.start, end), self.seats, self.exclusive),
            ),
        ).fetchone()
        assert row is not None
        return int(row[0])


class Taken(NamedTuple):
    """A live claim as the judge sees it."""

    resource_id: UUID
    service_id: UUID
    capacity: int
    start: datetime
    end: datetime
    seats: int
    exclusive: bool


def connected() -> psycopg.Connection[Any]:
    """Return a connection of one's own, past the application's engine and settings; every statement commits."""
    return psycopg.connect(settings().psycopg_url, autocommit=True)


def overbooked(among: Collection[UUID] = ()) -> list[tuple[UUID, datetime]]:
    """Return every (resource, instant) at which more is taken than there is, by a sweep over the rows.

    Services whose capacity was changed have more than they may have, and rightly; those on the resources *among* which
    somebody looks are judged all the same.
    """
    with connected() as connection:
        live = [Taken(*row) for row in connection.execute(LIVE, [list(among)])]
    by_resource: defaultdict[UUID, list[Taken]] = defaultdict(list)
    for claim in live:
        by_resource[claim.resource_id].append(claim)
    return [(resource, at) for resource, claims in by_resource.items() for at in _too_much(claims)]


def _too_much(claims: Sequence[Taken]) -> Iterator[datetime]:
    """Yield the starts at which those present cannot all be there; nothing else can make it worse than a start."""
    for moment in {claim.start for claim in claims}:
        present = [claim for claim in claims if claim.start <= moment < claim.end]
        alone = len(present) == 1
        seats = sum(claim.seats for claim in present)
        one_service = len({claim.service_id for claim in present}) == 1
        closed = any(claim.exclusive for claim in present) and not alone
        if closed or not one_service or seats > present[0].capacity:
            yield moment


def cleared() -> None:
    """Release every claim, after a test that leaves more taken than there is: whoever looks next would wonder."""
    with connected() as connection:
        connection.execute("UPDATE claims SET released_at = now() WHERE released_at IS NULL")


@contextmanager
def unguarded() -> Iterator[None]:
    """Take the database's guards off claims, in this process's own database; every claim is released afterwards."""
    with connected() as connection:
        connection.execute("ALTER TABLE claims DISABLE TRIGGER USER, DROP CONSTRAINT ex_claims_exclusive")
        try:
            yield
        finally:
            cleared()
            connection.execute("""
                ALTER TABLE claims ENABLE TRIGGER USER, ADD CONSTRAINT ex_claims_exclusive
                  EXCLUDE USING gist (uuidrange(resource_id, resource_id, '[]') WITH &&, footprint WITH &&)
                  WHERE (exclusive AND released_at IS NULL)
            """)
