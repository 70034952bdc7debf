"""Entries of the ledger: what a service asks, what is asked for, and one booking with all that becomes of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Numbers = tuple[int, ...]
"""Chairs and basins, by number."""

EVER = datetime.min.replace(tzinfo=UTC)
HELD = {"awaiting_approval", "awaiting_payment"}
MOVABLE = {*HELD, "confirmed"}
OCCUPYING = {*MOVABLE, "completed", "no_show"}


@dataclass(frozen=True, kw_only=True)
class Sold:
    """How a service is sold: who could fill each role, to how many, at what price, and what is asked of a booking."""

    name: str
    roles: tuple[Numbers, ...] = ((0, 1),)
    capacity: int = 1
    price: int = 0
    needs_approval: bool = False
    a_day: int | None = None
    notice: timedelta = timedelta()
    pause: timedelta = timedelta()
    free_until: timedelta = timedelta()
    fee_percent: int = 0

    @property
    def able(self) -> set[int]:
        """Return all that could fill some role."""
        return {each for role in self.roles for each in role}

    def narrowed(self, named: Numbers) -> list[Numbers]:
        """Return who could fill each role for who wants those *named*, and does not mind who fills the others."""
        return [tuple(each for each in role if each in named) or role for role in self.roles]

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
    """A start that is asked for, with whom (None: nothing is said), when that was, and which rules a member waived."""

    start: datetime
    named: Numbers | None
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
    has: Numbers = ()
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
