"""Premises: an oracle's world as a business, as far as it can be one, and the ids that its numbers have there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from domain.accounts.rules import Principal
from domain.catalog.tables import Business, Service
from domain.kernel.ids import Kind, shown
from tests.builders import Shop
from tests.oracle.world import OURS, World

MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Premises:
    """A business, and the *world* that it is: that of the oracle, less what PostgreSQL does not let in."""

    world: World
    owner: Principal
    business: Business
    service: Service
    first_id: UUID
    booking_ids: Mapping[int, UUID]

    @cached_property
    def shop(self) -> Shop:
        """Return this for the builders."""
        return Shop(self.owner, self.business, self.service, [self.resource_id(each) for each in self.numbers])

    @cached_property
    def numbers(self) -> Sequence[int]:
        """Return the numbers of those who could fill a role."""
        return [each.number for role in self.world.roles for each in role]

    def resource_id(self, number: int) -> UUID:
        """Return the id of a resource; ids are in the order of the numbers."""
        return UUID(int=self.first_id.int + number)

    def number(self, resource_id: str) -> int:
        """Return the number of a resource by its public id."""
        return next(each for each in self.numbers if shown(Kind.RESOURCE, self.resource_id(each)) == resource_id)

    def named(self, numbers: Sequence[int]) -> list[str]:
        """Return public ids."""
        return [shown(Kind.RESOURCE, self.resource_id(each)) for each in numbers]


def possible(world: World) -> World:
    """Return a world as an API and its tables can have it: notice in whole minutes, parties that fit, names that are known."""
    service, question = world.service, world.question
    known = [each.number for role in world.roles for each in role]
    capacity = service.capacity
    return replace(
        world,
        service=replace(service, notice=-(-service.notice // MINUTE) * MINUTE),
        bookings=tuple(
            replace(each, seats=min(each.seats, capacity if each.service == OURS else 1)) for each in world.bookings
        ),
        closures=tuple(each for each in world.closures if each.start < each.end),
        question=replace(
            question,
            party=min(question.party, capacity),
            named=tuple(each for each in question.named if each in known),
        ),
    )
