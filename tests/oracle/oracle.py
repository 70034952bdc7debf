"""The second implementation: slow, obviously right, and sharing no code with the engine.

It walks through the minutes of the dates asked about and applies the rules of the product to each, in their order. A
start that no rule refuses is a slot. The numbers in the comments are those of the rules.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from tests.oracle.clocks import DAY, minutes_of, number_of, reading
from tests.oracle.desk import Desk
from tests.oracle.world import OURS, Booking, Resource, World

Refused = tuple[str, tuple[str, ...]]
Offer = tuple[int, int, int, tuple[tuple[int, ...], ...]]
"""Start, end, seats that remain, and for each role the numbers of those who are free."""

CODES = (
    *("in_the_past", "too_soon", "beyond_window", "closed_override", "outside_hours", "off_grid"),
    *("time_off", "day_limit_reached", "slot_taken"),
)
WAIVES = {
    "notice": {"too_soon"},
    "window": {"beyond_window"},
    "hours": {"closed_override", "outside_hours", "off_grid"},
}
NOBODY: Refused = ("outside_hours", ())


class Oracle:
    """The answers to one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.service = world.service
        self.question = world.question
        self.occupying = [each for each in world.bookings if not self._has_lapsed(each)]
        self.today = self.date_at(world.now)
        self.roles = [self._asked_of(role) for role in world.roles]
        self.desk = Desk(world, self.occupying)

    def slots(self) -> list[Offer]:
        """List the slots, minute by minute of the dates asked about."""
        return [offer for minute in self.asked_minutes for offer in self._offered(minute)]

    @cached_property
    def asked_minutes(self) -> list[int]:
        """Return the minutes that read a date of the question on the viewer's clocks (12)."""
        days = range(number_of(self.question.first), number_of(self.question.last) + 1)
        return sorted(minute for day in days for minute in minutes_of(self.question.viewer, day))

    def refusals(self, number: int, start: int) -> list[Refused]:
        """List every rule that refuses a start on one of the resources, in order."""
        (resource,) = (each for role in self.roles for each in role if each.number == number)
        return list(self._refusals(resource, start))

    def asked(self) -> list[list[int]]:
        """Return the numbers of those who could fill each role, for what is asked."""
        return [[each.number for each in role] for role in self.roles]

    def choice(self, start: int) -> tuple[int, ...] | Refused:
        """Return who gets a booking at *start*, role by role, or why nobody does (10)."""
        waived = {code for name in self.question.waived for code in WAIVES[name]}
        chosen: list[int] = []
        refused: list[Refused] = []
        for place, role in enumerate(self.roles):
            passed_over = frozenset(waived | {"off_grid"} if place else waived)
            able, why = self._pick(role, start, passed_over)
            chosen.extend(able)
            refused.extend(why)
        return _first_of_all(refused) if refused else tuple(chosen)

    def date_at(self, at: int) -> int:
        """Return the business's date at an instant."""
        return reading(self.service.zone, at // 60) // DAY

    def booked_on(self, day: int) -> int:
        """Count the service's bookings that start on a date of the business: not seats, and not resources (8)."""
        return self._starting_on(day, [each for each in self.occupying if each.service == OURS])

    def _starting_on(self, day: int, bookings: Sequence[Booking]) -> int:
        return sum(self.date_at(each.start) == day for each in bookings)

    def _not_passed_over(self, resource: Resource, start: int, passed_over: frozenset[str]) -> list[Refused]:
        return [each for each in self._refusals(resource, start) if each[0] not in passed_over]

    def _has_lapsed(self, booking: Booking) -> bool:
        return booking.expires_at is not None and booking.expires_at <= self.world.now

    def _asked_of(self, role: Sequence[Resource]) -> list[Resource]:
        """Return who could fill a role: those who were named, where any of it was (10)."""
        named = set(self.question.named)
        everybody = {each.number for every in self.world.roles for each in every}
        if named and (not named & everybody or (len(self.world.roles) > 1 and named - everybody)):
            return []
        return [each for each in role if each.number in named] or list(role)

    def _offered(self, minute: int) -> Iterator[Offer]:
        if not any(self.desk.is_on_grid(each, minute) for each in self.roles[0]):
            return  # only the first role has a grid (1)
        start = minute * 60
        free = [self._free(role, start, follows=place > 0) for place, role in enumerate(self.roles)]
        if all(free):
            left = [self._remaining(able, start) for able in free]
            numbers = tuple(tuple(each.number for each in able) for able in free)
            yield start, start + self.service.minutes * 60, min(left), numbers

    def _free(self, role: Sequence[Resource], start: int, *, follows: bool) -> list[Resource]:
        """Return who of a role is free, by priority and number; of all together, all or nobody."""
        passed_over = frozenset({"off_grid"} if follows else ())
        free = [each for each in role if not self._not_passed_over(each, start, passed_over)]
        if self.question.together and len(free) < len(role):
            return []
        return sorted(free, key=lambda each: (each.priority, each.number))

    def _remaining(self, able: Sequence[Resource], start: int) -> int:
        left = [self.service.capacity - self.desk.most_taken(each, start) for each in able]
        return min(left) if self.question.together else max(left)

    def _pick(
        self, role: Sequence[Resource], start: int, passed_over: frozenset[str]
    ) -> tuple[list[int], list[Refused]]:
        """Return whom a role gets, or the refusal of those who could have filled it: who came closest, if one will do."""
        day = self.date_at(start)
        ranked = sorted(
            role, key=lambda each: (self._starting_on(day, self.desk.bookings[each.number]), each.priority, each.number)
        )
        told = [(each, self._not_passed_over(each, start, passed_over)) for each in ranked]
        free = [each.number for each, refusals in told if not refusals]
        firsts = [refusals[0] for _, refusals in told if refusals]
        if not ranked:
            return [], [NOBODY]
        if self.question.together:
            return (free, []) if not firsts else ([], [_of_all(firsts, min(firsts, key=_place)[0])])
        return (free[:1], []) if free else ([], [_of_all(firsts, max(firsts, key=_place)[0])])

    def _refusals(self, resource: Resource, start: int) -> Iterator[Refused]:
        now, service = self.world.now, self.service
        if start < now or (service.held and start == now):
            yield "in_the_past", ()
        if start - now < service.notice:  # 6
            yield "too_soon", ()
        if self.date_at(start) > self.today + service.window:  # 7
            yield "beyond_window", ()
        yield from ((code, ()) for code in self.desk.closed(resource, start))  # 1, 2, 3 and 11
        if self.desk.is_off(resource, start):  # 9
            yield "time_off", ()
        if service.daily_limit is not None and self.booked_on(self.date_at(start)) >= service.daily_limit:  # 8
            yield "day_limit_reached", ()
        reasons = self.desk.taken(resource, start, self.question.party)  # 4, 5 and 9
        if reasons:
            yield "slot_taken", reasons


def _place(refused: Refused) -> int:
    return CODES.index(refused[0])


def _first_of_all(refused: Sequence[Refused]) -> Refused:
    """Return the refusal that comes first in order, with the reasons of every role that says the same."""
    return _of_all(refused, min(refused, key=_place)[0])


def _of_all(refused: Sequence[Refused], code: str) -> Refused:
    said = {reason for each in refused if each[0] == code for reason in each[1]}
    return code, tuple(reason for reason in ("busy", "buffer", "capacity") if reason in said)
