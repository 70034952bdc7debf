"""The next slots of a service from now on, however far ahead, within its booking window."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability.rules.effort import Effort
from domain.availability.rules.limits import last_day
from domain.availability.rules.model import Slot
from domain.availability.rules.zones import date_of, day_number, instant, local_day, next_date, spans_of_days
from domain.availability.service.slots import Asked, Offered, Prepared, on_offer, reading
from domain.catalog.queries import OnOffer

SOON = timedelta(days=14)
FARTHER = 4
MOST_READ = 50_000
"""After so much that takes resources no further page is read, which might have four times as much."""


class Upcoming:
    """The search for the first *count* slots from *since* on (None: from today): read, looked through, read further.

    Mostly the first fortnight has enough. Where it has not, four times as long is read, and so on, up to the end of the
    booking window.
    """

    def __init__(self, session: Session, asked: Asked, count: int, since: date | None, *, now: datetime) -> None:
        """Read the first fortnight. Errors: those of `prepared`."""
        self._asked, self._count, self._now = asked, count, now
        self._service: OnOffer = on_offer(session, asked.service_id, asked.party)
        self._zone = ZoneInfo(asked.timezone or self._service.timezone)
        today = now.astimezone(self._zone).date()
        self._first = max(since or today, today)
        terms = asked.terms(self._service)
        # The window is the business's; on the viewer's clocks its last moment may be two dates further.
        last_moment = _end_of(last_day(terms, int(now.timestamp())), terms.zone) - 1
        self._end = max(date_of(local_day(last_moment, self._zone)), self._first)
        self._is_from_today = self._first == today
        self._effort = Effort()
        self._read: list[Prepared] = []
        self._looked_through = 0  # of what was read
        self._slots: list[Slot] = []
        self._stopped_on: date | None = None
        self.read_on(session)

    def read_up_to(self, session: Session, pages: int) -> None:
        """Read as many pages as an earlier answer took, as far as there are, and as one answer may read."""
        while len(self._read) < pages and self._has_more and not self._is_enough(self._read):
            self.read_on(session)

    def read_on(self, session: Session) -> None:
        """Read a page further ahead, for the service as it was read at first."""
        first = self._begin_of_rest
        last = min(first + SOON * FARTHER ** len(self._read) - timedelta(days=1), self._end)
        self._read.append(reading(session, self._service, self._asked, (first, last), now=self._now))

    def look(self) -> bool:
        """Look through what was read, as far as that is needed, and forget the rest; tell whether more has to be read.

        Errors: TooManySlots.
        """
        while self._looked_through < len(self._read) and not self._is_over:
            self._looked_through += 1
            self._look_through(self._read[: self._looked_through])
        del self._read[self._looked_through :]
        return self._has_more and not self._is_over

    def offered(self) -> Offered:
        """Return the first slots in what was looked through; once no more has to be read, what was asked for."""
        return replace(self._read[0].none(), slots=self._slots, next_from=self._stopped_on)

    def fingerprint(self) -> str:
        """Return what stands for all that the answer depends on but the clock."""
        return "".join(prepared.fingerprint() for prepared in self._read)

    def good_until(self, offered: Offered) -> int | None:
        """Return the first second at which the clock alone may change the answer; None: it will not."""
        now = self._read[0].now
        tomorrow_at = [next_date(now, self._zone)] if self._is_from_today else []
        # What was read up to the end of the window reaches further once the business has another date.
        longer_at = [] if self._has_more else [next_date(now, self._read[0].terms.zone)]
        untils = (each.good_until(offered) for each in self._read)
        return min((*tomorrow_at, *longer_at, *(at for at in untils if at is not None)), default=None)

    @property
    def _begin_of_rest(self) -> date:
        return self._read[-1].query.to_day + timedelta(days=1) if self._read else self._first

    @property
    def pages(self) -> int:
        """Return how many pages were read; once looked through, how many it took."""
        return len(self._read)

    @property
    def _is_over(self) -> bool:
        return self._stopped_on is not None or len(self._slots) >= self._count

    @property
    def _has_more(self) -> bool:
        return self._read[-1].query.to_day < self._end

    def _is_enough(self, pages: Sequence[Prepared]) -> bool:
        """Tell whether no more than these pages is to be read, or looked through, for one answer."""
        return self._effort.is_spent or sum(each.crowd for each in pages) > MOST_READ

    def _look_through(self, so_far: Sequence[Prepared]) -> None:
        """Look through the last of these pages; those that were read behind it count for nothing yet."""
        prepared = so_far[-1]
        first = day_number(self._first)
        begun = spans_of_days(first, first, self._zone)
        found = prepared.search().first(
            self._count - len(self._slots), self._effort, least_until=begun[-1][1] if begun else 0
        )
        self._slots = sorted([*self._slots, *found.slots])
        if found.stopped_at is not None:
            self._stop_on(self._date_begun(found.stopped_at))
        elif self._is_enough(so_far) and not self._is_over and prepared.query.to_day < self._end:
            self._stop_on(prepared.query.to_day + timedelta(days=1))

    def _stop_on(self, day: date) -> None:
        """Leave the rest, from a date on, to be asked for by itself."""
        self._stopped_on = day
        self._slots = [slot for slot in self._slots if local_day(slot.start, self._zone) < day_number(day)]

    def _date_begun(self, at: int) -> date:
        """Return the first date that does not end before an instant; where clocks go back, two may be about to."""
        day = local_day(at, self._zone)
        before = spans_of_days(day - 1, day - 1, self._zone)
        return date_of(day - 1 if before and before[-1][1] > at else day)


def _end_of(day: int, zone: ZoneInfo) -> int:
    """Return the first instant after a local date, of which there may be two parts, or none."""
    spans = spans_of_days(day, day, zone)
    return spans[-1][1] if spans else instant(day + 1, 0, zone)
