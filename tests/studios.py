"""Studios: shops whose service needs a stylist and a chair at once, and who has which of them."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select

from config.clock import clock
from config.transaction import retried, transaction
from domain.availability.tables import Claim
from domain.bookings import service as bookings
from domain.bookings.rules import OCCUPYING
from domain.bookings.tables import Booking
from domain.catalog import service as catalog
from domain.catalog.rules import NewRequirement, NewService
from domain.catalog.tables import Resource
from tests.builders import Shop, a_business


@dataclass(frozen=True, slots=True)
class Studio(Shop):
    """A shop where stylists work at chairs; `resource_ids` are all of them, and ids that are lower are preferred."""

    stylists: Sequence[UUID]
    chairs: Sequence[UUID]


def a_studio(*, stylists: int = 1, chairs: int = 2, **service: Any) -> Studio:  # noqa: ANN401
    """Open a business with one service of half an hour, for which a stylist and a chair are needed."""
    owner, business = a_business()
    crew, seats = some_resources(business.id, stylists), some_resources(business.id, chairs)
    needs = {"stylist": crew, "chair": seats}
    new = NewService(**{"name": "Cut", "duration_minutes": 30, "requirements": needed(**needs)} | service)
    with transaction() as session:
        made = catalog.create_service(session, business.id, new, caller=owner, now=clock()).service
    return Studio(owner, business, made, (*crew, *seats), crew, seats)


def another_service(
    studio: Studio,
    terms: Mapping[str, Any] = MappingProxyType({}),
    **roles: Collection[UUID],
) -> Studio:
    """Offer another service of half an hour in the same business; return the studio as it is to those who want that."""
    new = NewService(**{"name": "Wash", "duration_minutes": 30, "requirements": needed(**roles)} | {**terms})
    with transaction() as session:
        made = catalog.create_service(session, studio.business.id, new, caller=studio.owner, now=clock()).service
    return replace(studio, service=made)


def some_resources(business_id: UUID, count: int) -> Sequence[UUID]:
    """Add resources that offer nothing; return their ids, the lowest first."""
    rows = [Resource(business_id=business_id, name=secrets.token_hex(4), kind="thing") for _ in range(count)]
    with transaction() as session:
        session.add_all(rows)
        session.flush()
        return sorted(row.id for row in rows)


def needed(**roles: Collection[UUID]) -> tuple[NewRequirement, ...]:
    """Say who could fill each role."""
    return tuple(NewRequirement(role=role, resource_ids=tuple(each)) for role, each in roles.items())


def change(shop: Shop, **given: object) -> None:
    """Change the service as its owner would."""
    retried(lambda session: bookings.change_service(session, shop.service.id, given, caller=shop.owner, now=clock()))


def got(booking: Booking) -> dict[str, UUID]:
    """Return who fills each role of a booking."""
    with transaction() as session:
        found = session.get_one(Booking, booking.id).resources
    return {each["role"]: UUID(each["resource_id"]) for each in found}


def held(booking: Booking) -> Sequence[UUID]:
    """Return the resources that a booking's live claims are on, the lowest first."""
    with transaction() as session:
        mine = select(Claim.resource_id).where(Claim.booking_id == booking.id, Claim.released_at.is_(None))
        return session.scalars(mine.order_by(Claim.resource_id)).all()


def torn(shop: Shop) -> Sequence[UUID]:
    """Return the bookings of a shop that hold something else than they say, or anything though they have no place."""
    with transaction() as session:
        ours = session.scalars(select(Booking).where(Booking.business_id == shop.business.id)).all()
        said = {
            each.id: sorted(one["resource_id"] for one in each.resources if each.status in OCCUPYING) for each in ours
        }
        live = select(Claim.booking_id, Claim.resource_id).where(
            Claim.released_at.is_(None), Claim.booking_id.in_(said.keys())
        )
        has: defaultdict[UUID, list[str]] = defaultdict(list)
        for booking_id, resource_id in session.execute(live):
            has[booking_id].append(str(resource_id))
    return [each for each, ids in said.items() if sorted(has[each]) != ids]
