"""May this start be booked, and on which resource; if not, why."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from domain.availability.rules.diary import Occupied
from domain.availability.rules.limits import earliest, is_full, last_day
from domain.availability.rules.model import Candidate, Code, Hours, Mode, Reason, Refusal, Terms
from domain.availability.rules.openings import closed_by_override, openings
from domain.availability.rules.seats import footprint, seats_left, shares
from domain.availability.rules.spans import Span, overlap
from domain.availability.rules.zones import date_of, local_day

_PLACE = {code: place for place, code in enumerate(Code)}
_NOTHING_WAIVED: frozenset[Code] = frozenset()


def refusal(
    terms: Terms,
    candidate: Candidate,
    start: int,
    *,
    party: int,
    now: int,
    day_counts: Mapping[date, int],
    waived: frozenset[Code] = _NOTHING_WAIVED,
) -> Refusal | None:
    """Return the first rule that refuses a start on one resource, or None: it may be booked.

    The arguments are those of ``slots``; whoever will write the booking holds the locks on what they were read from,
    and leaves the booking's own old place out of them when it moves. *waived* codes are passed over (see OVERRIDES).
    """
    found = _refusals(terms, candidate, start, party=party, now=now, day_counts=day_counts)
    return next((each for each in found if each.code not in waived), None)


def all_refusals(
    terms: Terms, candidate: Candidate, start: int, *, party: int, now: int, day_counts: Mapping[date, int]
) -> tuple[Refusal, ...]:
    """Return every rule that refuses a start on one resource, in the order of ``Code``."""
    return tuple(_refusals(terms, candidate, start, party=party, now=now, day_counts=day_counts))


def choose(
    terms: Terms,
    candidates: Iterable[Candidate],
    start: int,
    *,
    party: int,
    now: int,
    day_counts: Mapping[date, int],
    mode: Mode = Mode.ANY,
    waived: frozenset[Code] = _NOTHING_WAIVED,
) -> tuple[Candidate, ...] | Refusal:
    """Return the resources that a booking gets: the preferred free one, or under mode=all every one.

    Preferred is who has the least booked on that date of the business, then the lower priority number, then the lower
    id. Nobody free is the refusal that got furthest, for a taken slot tells more than a closed door elsewhere; under
    mode=all it is the one that came first. Without candidates nobody keeps hours: outside_hours.
    """
    day = date_of(local_day(start, terms.zone))
    ranked = sorted(candidates, key=lambda each: (each.booked_by_day.get(day, 0), each.priority, each.id))
    ask = partial(refusal, terms, start=start, party=party, now=now, day_counts=day_counts, waived=waived)
    return _every(ranked, ask) if mode is Mode.ALL else _first(ranked, ask)


_Ask = partial[Refusal | None]


def _first(ranked: list[Candidate], ask: _Ask) -> tuple[Candidate, ...] | Refusal:
    refused: list[Refusal] = []
    for candidate in ranked:
        answer = ask(candidate)
        if answer is None:
            return (candidate,)
        refused.append(answer)
    return max(refused, key=_place, default=Refusal(Code.OUTSIDE_HOURS))


def _every(ranked: list[Candidate], ask: _Ask) -> tuple[Candidate, ...] | Refusal:
    refused = [answer for candidate in ranked if (answer := ask(candidate))]
    if ranked and not refused:
        return tuple(ranked)
    return min(refused, key=_place, default=Refusal(Code.OUTSIDE_HOURS))


def _place(refused: Refusal) -> int:
    return _PLACE[refused.code]


def _refusals(
    terms: Terms, candidate: Candidate, start: int, *, party: int, now: int, day_counts: Mapping[date, int]
) -> Iterator[Refusal]:
    """Apply the rules one by one, lazily, in the order of ``Code``."""
    day = local_day(start, terms.zone)
    if start < now:
        yield Refusal(Code.IN_THE_PAST)
    if start < earliest(terms, now):
        yield Refusal(Code.TOO_SOON)
    if day > last_day(terms, now):
        yield Refusal(Code.BEYOND_WINDOW)
    yield from map(Refusal, _closed(terms, candidate.hours, start))
    if any(candidate.diary.closures_in(footprint(terms, start))):
        yield Refusal(Code.TIME_OFF)
    if is_full(terms, day_counts.get(date_of(day), 0)):
        yield Refusal(Code.DAY_LIMIT_REACHED)
    if reasons := _taken(terms, candidate, start, party):
        yield Refusal(Code.SLOT_TAKEN, reasons)


def _closed(terms: Terms, hours: Hours, start: int) -> Iterator[Code]:
    """Yield what a schedule has against a start; off the grid is only what else would fit."""
    end = start + terms.duration
    window = openings(hours, (start, end))
    closes = window.closes(start)
    if closes == start and closed_by_override(hours, start):
        yield Code.CLOSED_OVERRIDE
    if closes < end:
        yield Code.OUTSIDE_HOURS
    elif not window.has_start(start, terms.interval):
        yield Code.OFF_GRID


def _taken(terms: Terms, candidate: Candidate, start: int, party: int) -> tuple[Reason, ...]:
    """Return every reason for which a resource has no room, in the order of ``Reason``."""
    core = (start, start + terms.duration)
    claims = list(candidate.diary.claims_in(footprint(terms, start)))
    found = {_reason(claim, core) for claim in claims if not shares(terms, claim)}
    sharing = [claim for claim in claims if shares(terms, claim)]
    if seats_left(terms, sharing, (), (start,))[0] < party:
        found.add(Reason.CAPACITY)
    return tuple(reason for reason in Reason if reason in found)


def _reason(claim: Occupied, core: Span) -> Reason:
    return Reason.BUSY if overlap((claim.start, claim.end), core) else Reason.BUFFER
