"""May this start be booked, and on which resource; if not, why."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import repeat
from typing import Protocol, TypeVar
from uuid import UUID

from domain.availability.rules.diary import Occupied
from domain.availability.rules.limits import is_full, last_day
from domain.availability.rules.model import Candidate, Code, Hours, Mode, Reason, Refusal, Requirement, Terms
from domain.availability.rules.openings import closed_by_override, openings
from domain.availability.rules.seats import Load, footprint, load_of, seats_left, shares
from domain.availability.rules.spans import Span, overlap
from domain.availability.rules.zones import date_of, local_day


class _HasId(Protocol):
    @property
    def id(self) -> UUID: ...


Named = TypeVar("Named", bound=_HasId)

_PLACE = {code: place for place, code in enumerate(Code)}
NOTHING: frozenset[Code] = frozenset()
NOBODY = Refusal(Code.OUTSIDE_HOURS)


def refusal(
    terms: Terms,
    candidate: Candidate,
    start: int,
    *,
    party: int,
    now: int,
    day_counts: Mapping[date, int],
    waived: frozenset[Code] = NOTHING,
) -> Refusal | None:
    """Return the first rule that refuses a start on one resource, or None: it may be booked.

    The arguments are those of ``slots``; whoever will write the booking holds the locks on what they were read from,
    and leaves the booking's own old place out of them when it moves. *waived* codes are passed over (see OVERRIDES).
    """
    found = _refusals(terms, candidate, start, party=party, now=now, day_counts=day_counts)
    return next((each for each in found if each.code not in waived), None)


def all_refusals(
    terms: Terms,
    candidate: Candidate,
    start: int,
    *,
    party: int,
    now: int,
    day_counts: Mapping[date, int],
    waived: frozenset[Code] = NOTHING,
) -> tuple[Refusal, ...]:
    """Return every rule that refuses a start on one resource, in the order of ``Code``, but for the *waived* ones."""
    found = _refusals(terms, candidate, start, party=party, now=now, day_counts=day_counts)
    return tuple(each for each in found if each.code not in waived)


def choose(
    terms: Terms,
    requirements: Iterable[Requirement],
    start: int,
    *,
    party: int,
    now: int,
    day_counts: Mapping[date, int],
    mode: Mode = Mode.ANY,
    waived: frozenset[Code] = NOTHING,
) -> tuple[Candidate, ...] | Refusal:
    """Return the resources that a booking gets: for each requirement the preferred free one, or under mode=all all.

    Preferred is who has the least booked on that date of the business, then the lower priority number, then the lower
    id. Nobody free for a requirement is the refusal that got furthest, for a taken slot tells more than a closed door
    elsewhere; under mode=all, and of several requirements, it is the one that came first. Where nobody could serve at
    all, nobody keeps hours: outside_hours.
    """
    day = date_of(local_day(start, terms.zone))
    ask = partial(refusal, terms, start=start, party=party, now=now, day_counts=day_counts)
    chosen: list[Candidate] = []
    refused: list[Refusal] = []
    for requirement, passed_over in zip(requirements, waivers(waived), strict=False):
        ranked = sorted(
            requirement.candidates, key=lambda each: (each.booked_by_day.get(day, 0), each.priority, each.id)
        )
        answer = _PICK[mode](ranked, partial(ask, waived=passed_over))
        if isinstance(answer, Refusal):
            refused.append(answer)
        else:
            chosen.extend(answer)
    return _together(refused, min) if refused or not chosen else tuple(chosen)


def narrowed(
    roles: Sequence[tuple[str, tuple[Named, ...]]], named: Collection[UUID]
) -> Sequence[tuple[str, tuple[Named, ...]]]:
    """Return who could fill each role when somebody wants just those *named*; a role of which none is named stays open.

    Where nobody who was named can serve any more, nobody can; nor where one of them cannot and there are several roles,
    for which of them that was is not known.
    """
    if not named:
        return roles
    known = {each.id for _, able in roles for each in able}.intersection(named)
    if not known or (len(roles) > 1 and len(known) < len(set(named))):
        return [(role, ()) for role, _ in roles]
    return [(role, tuple(each for each in able if each.id in named) or able) for role, able in roles]


def inherited(
    roles: Sequence[tuple[str, tuple[Named, ...]]], named: Collection[UUID], before: Mapping[UUID, str | None]
) -> tuple[UUID, ...]:
    """Return whom a booking that moves asks for: those *named* now, and whoever was *before* where a role has none.

    *before* has the role that each fills for the booking, if they do. Who could fill none any more is asked for all the
    same where that role would be left to anybody.
    """
    filling = {each.id: role for role, able in roles for each in able}
    met = {filling[each] for each in named if each in filling}
    able = [each for each in before if each in filling and filling[each] not in met]
    left = {role for role, _ in roles}.difference(met, (filling[each] for each in able))
    return (*named, *able, *(each for each, role in before.items() if each not in filling and role in left))


def waivers(waived: frozenset[Code] = NOTHING) -> Iterator[frozenset[Code]]:
    """Yield what is waived of each requirement in turn: only the first one's grid counts."""
    yield waived
    yield from repeat(waived | {Code.OFF_GRID})


_Ask = partial[Refusal | None]


def _first(ranked: Sequence[Candidate], ask: _Ask) -> tuple[Candidate, ...] | Refusal:
    refused: list[Refusal] = []
    for candidate in ranked:
        answer = ask(candidate)
        if answer is None:
            return (candidate,)
        refused.append(answer)
    return _together(refused, max)


def _every(ranked: Sequence[Candidate], ask: _Ask) -> tuple[Candidate, ...] | Refusal:
    refused = [answer for candidate in ranked if (answer := ask(candidate))]
    if ranked and not refused:
        return tuple(ranked)
    return _together(refused, min)


_PICK = {Mode.ANY: _first, Mode.ALL: _every}


def _together(refused: Sequence[Refusal], told: Callable[..., Refusal]) -> Refusal:
    """Return the refusal that is *told* of several, with the reasons of all that say the same, whoever is preferred."""
    one = told(refused, key=_place, default=NOBODY)
    reasons = {reason for each in refused if each.code is one.code for reason in each.reasons}
    return Refusal(one.code, tuple(reason for reason in Reason if reason in reasons))


def _place(refused: Refusal) -> int:
    return _PLACE[refused.code]


def _refusals(
    terms: Terms, candidate: Candidate, start: int, *, party: int, now: int, day_counts: Mapping[date, int]
) -> Iterator[Refusal]:
    """Apply the rules one by one, lazily, in the order of ``Code``."""
    day = local_day(start, terms.zone)
    if start < now + terms.ahead:
        yield Refusal(Code.IN_THE_PAST)
    if start < now + terms.notice:
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
    shared = load_of(terms, claims, ()).shared
    if seats_left(terms, Load((), shared), (start,))[0] < party:
        found.add(Reason.CAPACITY)
    return tuple(reason for reason in Reason if reason in found)


def _reason(claim: Occupied, core: Span) -> Reason:
    return Reason.BUSY if overlap((claim.start, claim.end), core) else Reason.BUFFER
