"""The ledger: what the documents say becomes of bookings, in plain Python that shares nothing with the product."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

Answer = tuple[int, str]
"""An HTTP status, with the code of a problem or the status that the booking then has."""

ZONE = timedelta(hours=1)  # Lagos, all year
EVER = datetime.min.replace(tzinfo=UTC)
LENGTH = GRID = timedelta(minutes=30)
WINDOW = 60  # dates ahead
MAX_HOLDS = 3
HELD = {"awaiting_approval", "awaiting_payment"}
MOVABLE = {*HELD, "confirmed"}
OCCUPYING = {*MOVABLE, "completed", "no_show"}
WAIVERS = {"notice": {"too_soon"}, "window": {"beyond_window"}, "hours": {"outside_hours", "off_grid"}}
CODES = ["in_the_past", "too_soon", "beyond_window", "outside_hours", "off_grid", "day_limit_reached", "slot_taken"]
ALLOWED = {
    "pending": {"cancelled"},
    "awaiting_approval": {"cancelled", "confirmed", "declined"},
    "awaiting_payment": {"cancelled"},
    "confirmed": {"cancelled", "completed", "no_show"},
    "completed": {"no_show"},
}
"""What who serves a booking may ask of it."""


@dataclass(frozen=True, kw_only=True)
class Sold:
    """How a service is sold: on which chairs, to how many, at what price, and what is asked of a booking."""

    name: str
    chairs: tuple[int, ...] = (0, 1)
    capacity: int = 1
    price: int = 0
    needs_approval: bool = False
    a_day: int | None = None
    notice: timedelta = timedelta()
    pause: timedelta = timedelta()
    free_until: timedelta = timedelta()
    fee_percent: int = 0

    @property
    def first(self) -> str:
        """Return what a booking becomes with its place."""
        return "awaiting_approval" if self.needs_approval else self.approved

    @property
    def approved(self) -> str:
        """Return what a booking becomes when nobody needs to approve it any more."""
        return "awaiting_payment" if self.price else "confirmed"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A start that is asked for, on a chair or (None) on any, when that was, and which rules a member waived."""

    start: datetime
    chair: int | None
    waived: frozenset[str]
    asked_at: datetime = EVER


@dataclass(kw_only=True)
class Move:
    """The latest reschedule of a booking."""

    number: int
    to: Place
    status: str = "pending"
    rejection: str | None = None


@dataclass(kw_only=True, eq=False)
class Entry:
    """One booking: what was asked for, where it stands, and what was written down about it."""

    id: str = ""
    number: int
    sold: Sold
    by: str
    party: int
    asked: Place
    status: str = "pending"
    chair: int | None = None
    hold: datetime | None = None
    fee: int | None = None
    rejection: str | None = None
    move: Move | None = None
    sequence: int = 0
    lines: list[tuple[str | None, str]] = field(default_factory=lambda: [(None, "pending")])
    events: list[str] = field(default_factory=lambda: ["requested"])

    def shown(self, now: datetime) -> str:
        """Return the status as it reads."""
        return "expired" if self.hold and self.hold <= now else self.status

    @property
    def waits(self) -> bool:
        """Tell whether it waits to be decided."""
        return self.status == "pending" or self.is_moving

    @property
    def is_moving(self) -> bool:
        """Tell whether it is being rescheduled."""
        return self.move is not None and self.move.status == "pending"

    @property
    def turn(self) -> int:
        """Return where it stands in the queue."""
        return self.move.number if self.move and self.is_moving else self.number

    def become(self, status: str, hold: datetime | None = None) -> None:
        """Write down another status; with an end goes a move that was asked for."""
        self.lines.append((self.status, status))
        self.events.append(status)
        self.status, self.hold = status, hold
        if self.move and self.is_moving and status not in MOVABLE:
            self.move.status = "withdrawn"

    def is_dear(self, now: datetime) -> bool:
        """Tell whether its customer would pay for cancelling it."""
        return self.sold.fee_percent > 0 and now > self.asked.start - self.sold.free_until


class Book:
    """All entries, and who gets which place."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.entries: list[Entry] = []
        self.numbers = 0

    def next_number(self) -> int:
        """Return the next place in the queue."""
        self.numbers += 1
        return self.numbers

    def drain(self) -> None:
        """Decide whatever waits, in order of acceptance."""
        if not any(each.waits for each in self.entries):
            return
        self.expire()
        for each in sorted((each for each in self.entries if each.waits), key=lambda each: each.turn):
            if each.move and each.is_moving:
                self._decide_move(each, each.move)
            else:
                self._decide(each)

    def expire(self) -> None:
        """End the holds whose time is over."""
        for each in self.entries:
            if each.status in HELD and each.shown(self.now) == "expired":
                each.become("expired")

    def complete(self) -> None:
        """Complete what ended a day ago."""
        for each in self.entries:
            if each.status == "confirmed" and each.asked.start + LENGTH + timedelta(days=1) <= self.now:
                each.become("completed")

    def hold_of(self, status: str, start: datetime) -> datetime | None:
        """Return until when a hold lasts that begins now."""
        lengths = {"awaiting_approval": timedelta(hours=24), "awaiting_payment": timedelta(minutes=15)}
        return min(self.now + lengths[status], start) if status in lengths else None

    def _decide(self, entry: Entry) -> None:
        hold = self.hold_of(entry.sold.first, entry.asked.start)
        found = "in_the_past" if hold and hold <= self.now else self._found(entry, entry.asked)
        if isinstance(found, str):
            entry.rejection = found
            entry.become("rejected")
        else:
            entry.chair = found
            entry.become(entry.sold.first, hold)

    def _decide_move(self, entry: Entry, move: Move) -> None:
        hold = entry.hold and min(entry.hold, move.to.start)
        found = "in_the_past" if hold and hold <= self.now else self._found(entry, move.to)
        if isinstance(found, str):
            move.status, move.rejection = "refused", found
            entry.lines.append((entry.status, entry.status))
            entry.events.append("reschedule_refused")
            return
        move.status = "moved"
        entry.asked, entry.chair, entry.hold = move.to, found, hold
        entry.sequence += 1
        entry.lines.append((entry.status, entry.status))
        entry.events.append("rescheduled")

    def _found(self, entry: Entry, place: Place) -> int | str:
        """Return the chair that an entry gets, or the rule that refuses it on the chair where it got furthest."""
        others = [each for each in self.entries if each is not entry and each.shown(self.now) in OCCUPYING]
        day = _date(place.start)

        def load(chair: int) -> tuple[int, int]:
            return sum(each.chair == chair and _date(each.asked.start) == day for each in others), chair

        furthest = []
        waived = set().union(*(WAIVERS[each] for each in place.waived))
        for chair in sorted(entry.sold.chairs if place.chair is None else (place.chair,), key=load):
            against = [code for code in _objections(entry, place, chair, others) if code not in waived]
            if not against:
                return chair
            furthest.append(against[0])
        return max(furthest, key=CODES.index)


def _objections(entry: Entry, place: Place, chair: int, others: Sequence[Entry]) -> Iterator[str]:
    """Yield what there is against a place, in the order of the rules."""
    sold, start, asked_at = entry.sold, place.start, place.asked_at
    if start < asked_at:
        yield "in_the_past"
    if start < asked_at + sold.notice:
        yield "too_soon"
    if _date(start) > _date(asked_at) + timedelta(days=WINDOW):
        yield "beyond_window"
    local = start + ZONE
    opens, closes = (local.replace(hour=hour, minute=0) for hour in (9, 17))
    if local.weekday() > 4 or local < opens or local + LENGTH > closes:
        yield "outside_hours"
    elif (local - opens) % GRID:
        yield "off_grid"
    alike = [each for each in others if each.sold is sold]
    if sold.a_day is not None and sum(_date(each.asked.start) == _date(start) for each in alike) >= sold.a_day:
        yield "day_limit_reached"
    near = [each for each in others if each.chair == chair and _meet(each.sold, each.asked.start, sold, start)]
    if any(each.sold is not sold for each in near) or _most(near, start) + entry.party > sold.capacity:
        yield "slot_taken"


def _meet(one: Sold, at: datetime, other: Sold, start: datetime) -> bool:
    return at < start + LENGTH + other.pause and start < at + LENGTH + one.pause


def _most(near: Sequence[Entry], start: datetime) -> int:
    """Return how many seats are taken where most are, from a start on."""
    moments = {start, *(each.asked.start for each in near if each.asked.start > start)}
    return max(
        sum(each.party for each in near if each.asked.start <= moment < each.asked.start + LENGTH + each.sold.pause)
        for moment in moments
    )


def _date(moment: datetime) -> date:
    return (moment + ZONE).date()
