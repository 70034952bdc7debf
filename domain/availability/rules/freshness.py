"""How long an answer is good: what it depends on, and when the clock alone changes it."""

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from importlib.metadata import version
from itertools import chain

from domain.availability.rules.limits import last_day
from domain.availability.rules.model import Query, Slot, Terms
from domain.availability.rules.seats import Load
from domain.availability.rules.slots import Offerable
from domain.availability.rules.spans import Span
from domain.availability.rules.zones import day_number, next_date, spans_of_days

RULES = 1
"""Raised when other answers follow from the same facts, so that nobody keeps one of before."""

TZDATA = version("tzdata")


def fingerprint(
    terms: Terms,
    roles: Mapping[str, Sequence[Offerable]],
    query: Query,
    day_counts: Mapping[date, int],
    closed: Sequence[Span],
) -> str:
    """Return what stands for a question and for all that its answer depends on, besides the clock."""
    found = blake2b(digest_size=16)
    found.update(repr((RULES, TZDATA, terms, query, sorted(day_counts.items()), closed)).encode())
    for role, able in roles.items():
        found.update(repr((role, len(able))).encode())
        for each in sorted(able):
            found.update(repr((each.id, each.priority, each.hours)).encode())
            found.update(_numbers(each.load))
    return found.hexdigest()


def changes_at(terms: Terms, query: Query, slots: Sequence[Slot], *, now: int, lapses_at: int | None) -> int | None:
    """Return the first second after *now* at which the clock may change an answer; None: it never does.

    The first start comes too near, a hold lapses, or the window opens on another date that is asked about; or closes on
    one again, where clocks go back to the date before.
    """
    too_near = [slots[0].start - max(terms.notice, terms.ahead) + 1] if slots else []
    lapse = [lapses_at] if lapses_at is not None else []
    turn = next_date(now, terms.zone)
    turns = [turn] if _reaches_beyond(terms, query, now) or _reaches_beyond(terms, query, turn) else []
    return min([*too_near, *lapse, *turns], default=None)


def _reaches_beyond(terms: Terms, query: Query, now: int) -> bool:
    asked = spans_of_days(day_number(query.from_day), day_number(query.to_day), query.zone)
    last = spans_of_days(last_day(terms, now), last_day(terms, now), terms.zone)
    return bool(asked) and (not last or asked[-1][1] > last[-1][1])


def _numbers(load: Load) -> bytes:
    flat = chain(chain.from_iterable(load.closed), (-1,), chain.from_iterable(load.shared))
    return array("q", flat).tobytes()
