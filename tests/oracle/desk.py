"""What is open and what is taken on each resource, looked up for one start (rules 4, 5 and 9)."""

from collections.abc import Iterator, Sequence

from tests.oracle.clocks import DAY, number_of
from tests.oracle.hours import Opening
from tests.oracle.world import OURS, Booking, Resource, World

TICK = 30
"""Seats are counted every half minute: bookings begin and end at whole ones, and none is shorter."""

AROUND = 5
"""Hours are known this many dates around those asked about: viewers are a date away or two, nights reach over two."""

Span = tuple[int, int]


class Desk:
    """The open hours, closures and bookings of a world's resources."""

    def __init__(self, world: World, occupying: Sequence[Booking]) -> None:
        self._service = world.service
        long = world.service.minutes // DAY + 1
        first, last = number_of(world.question.first) - AROUND, number_of(world.question.last) + AROUND + long
        self._opening = [Opening(each, first, last) for each in world.schedules]
        self._grid = [each.grid(world.service.interval) for each in self._opening]
        resources = [each.number for role in world.roles for each in role]
        self.bookings = {number: [each for each in occupying if number in each.resources] for number in resources}
        self._closures = {
            number: [(each.start, each.end) for each in world.closures if each.resource in (number, None)]
            for number in resources
        }
        self._seats = {number: self._counted(number) for number in resources}

    def is_on_grid(self, resource: Resource, minute: int) -> bool:
        """Say whether a minute is on the grid of a resource."""
        return minute in self._grid[resource.schedule]

    def closed(self, resource: Resource, start: int) -> Iterator[str]:
        """Yield what the hours of a resource have against a start; buffers do not matter to them."""
        opening = self._opening[resource.schedule]
        minutes = range(start // 60, -(-(start + self._service.minutes * 60) // 60))
        if opening.is_closed_by_override(start // 60):
            yield "closed_override"
        if not opening.is_open(minutes):
            yield "outside_hours"
        elif start % 60 or not self.is_on_grid(resource, start // 60):
            yield "off_grid"

    def is_off(self, resource: Resource, start: int) -> bool:
        """Say whether a closure meets the footprint."""
        return any(_meet(closure, self._footprint(start)) for closure in self._closures[resource.number])

    def taken(self, resource: Resource, start: int, party: int) -> tuple[str, ...]:
        """Return by what a resource is taken."""
        in_the_way = [each for each in self.bookings[resource.number] if not self._shares(each)]
        met = [each for each in in_the_way if _meet(_footprint(each), self._footprint(start))]
        core = (start, start + self._service.minutes * 60)
        reasons = {"busy" if _meet((each.start, each.end), core) else "buffer" for each in met}
        if self.most_taken(resource, start) + party > self._service.capacity:
            reasons.add("capacity")
        return tuple(reason for reason in ("busy", "buffer", "capacity") if reason in reasons)

    def most_taken(self, resource: Resource, start: int) -> int:
        """Return the seats taken at the fullest instant of the footprint, by those who share them."""
        seats = self._seats[resource.number]
        since, until = self._footprint(start)
        return max(seats.get(at, 0) for at in range(since // TICK, -(-until // TICK))) if seats else 0

    def _shares(self, booking: Booking) -> bool:
        """Say whether a booking shares seats: only with others of its service, and only where there are several."""
        return booking.service == OURS and self._service.capacity > 1

    def _counted(self, number: int) -> dict[int, int]:
        """Count the shared seats that are taken in each half minute."""
        seats: dict[int, int] = {}
        for booking in filter(self._shares, self.bookings[number]):
            since, until = _footprint(booking)
            for at in range(since // TICK, until // TICK):
                seats[at] = seats.get(at, 0) + booking.seats
        return seats

    def _footprint(self, start: int) -> Span:
        service = self._service
        return start - service.minutes_before * 60, start + (service.minutes + service.minutes_after) * 60


def _footprint(booking: Booking) -> Span:
    """Return what a booking occupies, with the buffers that it was made with."""
    return booking.start - booking.minutes_before * 60, booking.end + booking.minutes_after * 60


def _meet(one: Span, other: Span) -> bool:
    """Say whether two half-open spans have an instant in common: touching is free, and nothing meets an empty one."""
    return max(one[0], other[0]) < min(one[1], other[1])
