"""How long an answer is good: the clock alone never changes it sooner, and what differs is told apart."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.availability.rules.freshness import changes_at, fingerprint
from domain.availability.rules.model import Query, Slot, Terms
from domain.availability.rules.seats import NOTHING_TAKEN
from domain.availability.rules.slots import Offerable
from domain.availability.rules.zones import next_date
from tests.candidates import slots
from tests.oracle.drawing import worlds
from tests.oracle.engine import engine
from tests.oracle.places import PLACES, Place
from tests.oracle.world import World
from tests.rules.builders import anybody, hours, resource, service

WEEK = 7 * 86_400
ST_JOHNS = Place("America/St_Johns", date(2006, 10, 29))  # at 00:01 its clocks go back to 23:01 of the 28th
SOMEBODY = Offerable(UUID(int=1), 0, hours(), NOTHING_TAKEN)


def good_until(world: World) -> int:
    """Return until when the engine's answer is good, or a week ahead if the clock never changes it."""
    asked = engine(world)
    found = slots(asked.terms, asked.requirements, asked.query, now=asked.now, day_counts=asked.day_counts)
    lapses_at = min(
        (each.expires_at for each in world.bookings if each.expires_at and each.expires_at > world.now), default=None
    )
    until = changes_at(asked.terms, asked.query, found, now=world.now, lapses_at=lapses_at)
    return world.now + WEEK if until is None else until


def instants(world: World, until: int) -> list[int]:
    """Return the last good instant, and all between at which a date begins for the business."""
    found, at = [until - 1], world.now
    while (at := next_date(at, ZoneInfo(world.service.zone))) < until:
        found.append(at)
    return found


@given(st.one_of(worlds(PLACES), worlds([ST_JOHNS])))
def test_the_clock_alone_does_not_change_an_answer_while_it_is_good(world: World) -> None:
    answer = engine(world).slots()
    for at in instants(world, good_until(world)):
        assert engine(replace(world, now=at)).slots() == answer


def test_a_date_that_clocks_go_back_from_takes_the_last_one_out_of_the_window_again() -> None:
    zone = ZoneInfo(ST_JOHNS.zone)
    terms = service(60, zone=zone, window_days=2)
    midnight = int(datetime(2006, 10, 29, tzinfo=zone).timestamp())
    query = Query(from_day=date(2006, 10, 31), to_day=date(2006, 10, 31), zone=zone)

    def offered(now: int) -> list[Slot]:
        return slots(terms, anybody(resource()), query, now=now, day_counts={})

    assert offered(midnight + 59)
    assert not offered(midnight + 60)
    assert changes_at(terms, query, offered(midnight), now=midnight, lapses_at=None) == midnight + 60


def told_apart(terms: Terms, **roles: tuple[Offerable, ...]) -> str:
    return fingerprint(
        terms, roles, Query(from_day=date(2026, 1, 12), to_day=date(2026, 1, 12), zone=terms.zone), {}, ()
    )


def test_roles_are_told_apart_by_more_than_the_letters_of_their_names() -> None:
    terms = service(60)
    assert told_apart(terms, a=(), b=(SOMEBODY,)) != told_apart(terms, ab=(SOMEBODY,))
    assert told_apart(terms, a=(), b=(SOMEBODY,)) != told_apart(terms, a=(SOMEBODY,), b=())
    assert told_apart(terms, a=(), b=(SOMEBODY,)) != told_apart(terms, b=(SOMEBODY,), a=())
