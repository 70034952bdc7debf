"""A sweep over the places that are taken in a business, which shares no code with what gives or guards them."""

from collections import defaultdict
from uuid import UUID

from tests.claims import connected

LIVE = """
    SELECT claims.resource_id, claims.service_id, services.capacity, claims.seats,
           extract(epoch FROM lower(footprint))::bigint, extract(epoch FROM upper(footprint))::bigint
      FROM claims
      JOIN services ON services.id = claims.service_id
     WHERE services.business_id = %s
       AND released_at IS NULL
       AND (expires_at IS NULL OR expires_at > to_timestamp(%s))
"""


def overlaps(business_id: UUID, *, now: int) -> list[tuple[UUID, int]]:
    """Return every resource with an instant at which there is more on it than can be."""
    on_resource: defaultdict[UUID, list[tuple[UUID, int, int, int, int]]] = defaultdict(list)
    with connected() as connection:
        for resource_id, *claim in connection.execute(LIVE, (business_id, now)):
            on_resource[resource_id].append(tuple(claim))
    return [
        (resource_id, at)
        for resource_id, claims in on_resource.items()
        for at in {start for *_, start, _ in claims}
        if _is_too_much([claim for claim in claims if claim[3] <= at < claim[4]])
    ]


def _is_too_much(present: list[tuple[UUID, int, int, int, int]]) -> bool:
    """Say whether what is there at one instant cannot be: two services, or more seats than their service has."""
    service_id, capacity, *_ = present[0]
    return any(each[0] != service_id for each in present) or sum(seats for _, _, seats, _, _ in present) > capacity
