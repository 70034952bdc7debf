"""The next slots of a service from now on, however far ahead, within its booking window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability.rules.limits import last_day
from domain.availability.rules.model import Slot
from domain.availability.rules.slots import MOST_PLACES, MOST_STARTS
from domain.availability.rules.zones import DAY, date_of, next_date
from domain.availability.service.slots import Asked, Dates, Offered, Prepared, on_offer, reading
from domain.catalog.queries import OnOffer

SOON = timedelta(days=13)
LONGEST_STRETCH = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """What was read to find the first *count* slots, and *further* dates to be read if it is not enough.

    Who looks from today on asks of other dates once it is *tomorrow_at* (None: that is further ahead).
    """

    asked: Asked
    service: OnOffer
    count: int
    read: Sequence[Prepared]
    further: Dates | None
    tomorrow_at: int | None

    def offered(self) -> Offered:
        """Return the first slots in what was read. Errors: TooManySlots."""
        slots = list(islice((slot for prepared in self.read for slot in _in_turn(prepared)), self.count))
        return replace(self.read[0].none(), slots=slots)

    def is_short(self, offered: Offered) -> bool:
        """Tell whether there may be more of what was asked for, further ahead."""
        return self.further is not None and len(offered.slots) < self.count

    def widened(self, session: Session, *, now: datetime) -> "Upcoming":
        """Return this with the rest of the booking window read as well."""
        assert self.further is not None  # noqa: S101 - asked of a short one only
        rest = reading(session, self.service, self.asked, self.further, now=now)
        return replace(self, read=[*self.read, rest], further=None)

    def fingerprint(self) -> str:
        """Return what stands for all that the answer depends on but the clock."""
        return "".join(prepared.fingerprint() for prepared in self.read)

    def good_until(self, offered: Offered) -> int | None:
        """Return the first second at which the clock alone may change the answer; None: it will not."""
        untils = (self.tomorrow_at, *(each.good_until(offered) for each in self.read))
        return min((at for at in untils if at is not None), default=None)


def upcoming(session: Session, asked: Asked, count: int, since: date | None, *, now: datetime) -> Upcoming:
    """Read what is needed to find the first *count* slots of the coming days, or of those from *since* on.

    Mostly that is enough; if not, all the rest of the booking window has to be read. Errors: those of `prepared`.
    """
    service = on_offer(session, asked.service_id, asked.party)
    zone = ZoneInfo(asked.timezone or service.timezone)
    today = now.astimezone(zone).date()
    first = max(since or today, today)
    # The viewer's zone may be a date ahead of the business's, whose window it is.
    end = max(date_of(last_day(asked.terms(service), int(now.timestamp())) + 1), first)
    soon = min(first + SOON, end)
    prepared = reading(session, service, asked, (first, soon), now=now)
    further = (soon + timedelta(days=1), end) if soon < end else None
    tomorrow_at = next_date(prepared.now, zone) if first == today else None
    return Upcoming(
        asked=asked, service=service, count=count, read=[prepared], further=further, tomorrow_at=tomorrow_at
    )


def _in_turn(prepared: Prepared) -> Iterator[Slot]:
    """Yield the slots of what was read, a stretch of dates at a time, each within what one answer may weigh."""
    query, stretch = prepared.query, timedelta(days=_stretch(prepared))
    first = query.from_day
    while first <= query.to_day:
        last = min(first + stretch - timedelta(days=1), query.to_day)
        part = replace(prepared, query=replace(query, from_day=first, to_day=last))
        yield from part.offered().slots
        first = last + timedelta(days=1)


def _stretch(prepared: Prepared) -> int:
    """Return for how many dates at a time the slots can be laid out: twice as many as any schedule could have."""
    resources = sum(map(len, prepared.roles.values()))
    a_day = 2 * (DAY // prepared.terms.interval + 1)
    return max(1, min(LONGEST_STRETCH, MOST_STARTS // a_day, MOST_PLACES // max(1, resources) // a_day))
