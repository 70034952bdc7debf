"""The ledger: what the documents say becomes of bookings, in plain Python that shares nothing with the product."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from tests.flows.entries import HELD, OCCUPYING, Entry, Move, Numbers, Place, Sold

Answer = tuple[int, str]
"""An HTTP status, with the code of a problem or the status that the booking then has."""

ZONE = timedelta(hours=1)  # Lagos, all year
LENGTH = GRID = timedelta(minutes=30)
WINDOW = 60  # dates ahead
MAX_HOLDS = 3
LATE = {3: 45}  # minutes after nine that one opens
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
            entry.has = found
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
        entry.asked, entry.has, entry.hold = move.to, found, hold
        entry.sequence += 1
        entry.lines.append((entry.status, entry.status))
        entry.events.append("rescheduled")

    def _found(self, entry: Entry, place: Place) -> Numbers | str:
        """Return who fills each role for an entry, or the rule that refuses it: of several roles the first rule."""
        others = [each for each in self.entries if each is not entry and each.shown(self.now) in OCCUPYING]
        roles = entry.sold.narrowed(place.named or ())
        found = [self._filling(entry, place, role, others, first=role is roles[0]) for role in roles]
        refused = [each for each in found if isinstance(each, str)]
        if refused:
            return min(refused, key=CODES.index)
        return tuple(each for each in found if isinstance(each, int))

    def _filling(self, entry: Entry, place: Place, role: Numbers, others: Sequence[Entry], *, first: bool) -> int | str:
        """Return the one that fills a role for an entry, or the rule that refuses it on the one where it got furthest."""
        day = _date(place.start)

        def load(chair: int) -> tuple[int, int]:
            return sum(chair in each.has and _date(each.asked.start) == day for each in others), chair

        furthest = []
        waived = set().union(*(WAIVERS[each] for each in place.waived), () if first else ("off_grid",))
        for chair in sorted(role, key=load):
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
    opens = local.replace(hour=9, minute=LATE.get(chair, 0))
    closes = local.replace(hour=17, minute=0)
    if local.weekday() > 4 or local < opens or local + LENGTH > closes:
        yield "outside_hours"
    elif (local - opens) % GRID:
        yield "off_grid"
    alike = [each for each in others if each.sold is sold]
    if sold.a_day is not None and sum(_date(each.asked.start) == _date(start) for each in alike) >= sold.a_day:
        yield "day_limit_reached"
    near = [each for each in others if chair in each.has and _meet(each.sold, each.asked.start, sold, start)]
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
