"""When a service may be booked at all, whatever the resource: notice, window and limit a day (rules 6, 7 and 8)."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain, pairwise

from domain.availability.rules.model import Query, Terms
from domain.availability.rules.seats import starts_meeting
from domain.availability.rules.spans import Span, intersection, merged, outside
from domain.availability.rules.zones import date_of, day_number, local_day, spans_of_days


def earliest(terms: Terms, now: int) -> int:
    """Return the first instant at which a booking may start."""
    return now + max(terms.notice, terms.ahead)


def last_day(terms: Terms, now: int) -> int:
    """Return the last date of the booking window, in the business's zone."""
    return local_day(now, terms.zone) + terms.window_days


def is_full(terms: Terms, count: int) -> bool:
    """Say whether *count* bookings are all that one date may have."""
    return terms.daily_limit is not None and count >= terms.daily_limit


def bookable(
    terms: Terms, query: Query, *, now: int, day_counts: Mapping[date, int], closed: Sequence[Span] = ()
) -> tuple[Span, ...]:
    """Return the instants of the query at which these limits let a booking start, and it meets nothing that is *closed*."""
    asked = spans_of_days(day_number(query.from_day), day_number(query.to_day), query.zone)
    if not asked:
        return ()
    ahead = intersection(asked, ((earliest(terms, now), asked[-1][1]),))
    within = intersection(ahead, _open_dates(terms, asked, last_day(terms, now), day_counts))
    return outside(within, merged(starts_meeting(terms, span) for span in closed))


def _open_dates(terms: Terms, asked: tuple[Span, ...], last: int, day_counts: Mapping[date, int]) -> tuple[Span, ...]:
    """Return the instants on dates up to *last* that have bookings left, for all that was asked and some around it."""
    first = local_day(asked[0][0], terms.zone) - 1  # clocks that go back at 00:01 return to the date before
    last = min(last, local_day(asked[-1][1], terms.zone) + 1)
    full = [day for day in range(first, last + 1) if is_full(terms, day_counts.get(date_of(day), 0))]
    between = pairwise([first - 1, *full, last + 1])
    return merged(chain.from_iterable(spans_of_days(one + 1, other - 1, terms.zone) for one, other in between))
