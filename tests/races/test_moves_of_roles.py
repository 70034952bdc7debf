"""Moves of several places at once against bookings, and roles that change meanwhile; with the controls that go red."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select

from config.transaction import Session, transaction
from domain.bookings.rules import OCCUPYING
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.catalog.queries import RoleOffer
from tests.builders import a_booking, a_reschedule, decide
from tests.claims import overbooked, unguarded
from tests.races.rivals import ALLOCATORS, FAR_AHEAD, ROUNDS, decide_alone, together, unlock, workday
from tests.studios import Studio, a_studio, another_service, change, needed, torn

HOUR = timedelta(hours=1)
STARTS = 3  # that are fought over on each date
STYLISTS, CHAIRS = 2, 2
TERMS = {"duration_minutes": 60, "max_advance_days": FAR_AHEAD}
CUT, WASH = Counter(stylist=1, chair=1), Counter(chair=1)
TRIES = 10


class Asked(NamedTuple):
    """One entry of the queue: who wants which start, and needs what; *leaving* that start, if they have it."""

    accepted_no: int
    booking_id: UUID
    wanted: int
    needs: Counter[str]
    leaving: int | None


class Scene(NamedTuple):
    """A studio, the same for those who want a wash, and what is fought over on one date."""

    studio: Studio
    wash: Studio
    number: int

    def book(self, door: Studio, wanted: int) -> Asked:
        """Ask for a start."""
        booking = a_booking(door, workday(self.number) + HOUR * wanted)
        needs = CUT if door is self.studio else WASH
        return Asked(booking.accepted_no, booking.id, wanted, needs, None)

    def move(self, mover: Asked) -> Asked:
        """Ask for the next start round."""
        wanted = (mover.wanted + 1) % STARTS
        there = workday(self.number) + HOUR * wanted
        with transaction() as session:
            booking = session.get_one(Booking, mover.booking_id)
        row = a_reschedule(booking, there, by=self.studio.owner)
        return mover._replace(accepted_no=row.accepted_no, wanted=wanted, leaving=mover.wanted)


def _studio() -> tuple[Studio, Studio]:
    studio = a_studio(stylists=STYLISTS, chairs=CHAIRS, **TERMS)
    return studio, another_service(studio, TERMS, chair=studio.chairs)


def _movers(scene: Scene) -> Sequence[Asked]:
    """Fill the first start with cuts, and the second with a cut and a wash."""
    doors = [(scene.studio, 0), (scene.studio, 0), (scene.studio, 1), (scene.wash, 1)]
    placed = [scene.book(door, start) for door, start in doors]
    decide(scene.studio)
    return placed


def _rivals(scene: Scene, movers: Iterable[Asked]) -> Sequence[Callable[[], Asked]]:
    moving = [lambda mover=mover: scene.move(mover) for mover in movers]
    doors = [(scene.studio, 0), (scene.wash, 0), (scene.studio, 2), (scene.studio, 1)]
    return [*moving, *(lambda door=door, start=start: scene.book(door, start) for door, start in doors)]


def _expected(movers: Iterable[Asked], asked: Iterable[Asked]) -> dict[UUID, int]:
    """Return who has which start in the end, when all are decided in order of acceptance."""
    has = {each.booking_id: (each.wanted, each.needs) for each in movers}
    for each in sorted(asked):
        others = (needs for who, (start, needs) in has.items() if start == each.wanted and who != each.booking_id)
        if sum(others, Counter(each.needs)) <= Counter(stylist=STYLISTS, chair=CHAIRS):
            has[each.booking_id] = each.wanted, each.needs
    return {who: start for who, (start, _) in has.items()}


def _held(scene: Scene) -> dict[UUID, int]:
    """Return who has which start."""
    day = workday(scene.number)
    with transaction() as session:
        ours = select(Booking).where(Booking.business_id == scene.studio.business.id, Booking.status.in_(OCCUPYING))
        standing = session.scalars(ours.where(Booking.starts_at >= day, Booking.starts_at < day + HOUR * STARTS)).all()
    return {each.id: (each.starts_at - day) // HOUR for each in standing}


def _and_decide(scene: Scene, ask: Callable[[], Asked]) -> None:
    decide_alone(scene.studio, ask().booking_id)


@ROUNDS
def test_moves_and_bookings_have_all_their_places_in_order_of_acceptance(rounds: int) -> None:
    studio, wash = _studio()
    for number in range(rounds):
        scene = Scene(studio, wash, number)
        movers = _movers(scene)
        asked = together(*_rivals(scene, movers))
        together(*[lambda: decide(studio)] * ALLOCATORS)
        assert _held(scene) == _expected(movers, asked)
    assert torn(studio) == []
    assert overbooked() == []


@ROUNDS
def test_moves_and_bookings_decided_each_alone_lose_nobody_a_place(rounds: int) -> None:
    studio, wash = _studio()
    for number in range(rounds):
        scene = Scene(studio, wash, number)
        movers = _movers(scene)
        together(*(lambda work=work, scene=scene: _and_decide(scene, work) for work in _rivals(scene, movers)))
        assert {mover.booking_id for mover in movers} <= _held(scene).keys()
    assert torn(studio) == []
    assert overbooked() == []


def test_without_locks_and_guards_those_who_move_meet_others_in_some_of_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    studio, wash = _studio()
    scenes = [Scene(studio, wash, number) for number in range(TRIES)]
    seated = [(scene, _movers(scene)) for scene in scenes]
    unlock(monkeypatch)
    with unguarded():
        for scene, movers in seated:
            together(*(lambda work=work, scene=scene: _and_decide(scene, work) for work in _rivals(scene, movers)))
            if overbooked():
                return
        pytest.fail("nobody met anybody")


def _turning(studio: Studio) -> Sequence[dict[str, Sequence[UUID]]]:
    """Return what the service needs in turn: never the same of anybody."""
    (anna, bo), (left, right) = studio.stylists, studio.chairs
    return [{"stylist": [anna], "chair": [left]}, {"seat": [right], "artist": [bo]}, {"all": [left]}]


def _decided_under_one(studio: Studio, booking_ids: Collection[UUID]) -> bool:
    """Tell whether each has a place, and one that the service has needed at some time."""
    meant = [{role: str(able[0]) for role, able in needs.items()} for needs in _turning(studio)]
    with transaction() as session:
        rows = session.scalars(select(Booking).where(Booking.id.in_(booking_ids))).all()
    return all(
        each.status == "confirmed" and {one["role"]: one["resource_id"] for one in each.resources} in meant
        for each in rows
    )


def _while_roles_change(studio: Studio, number: int) -> bool:
    def rival(start: int) -> UUID:
        booking = a_booking(studio, workday(number) + HOUR * start)
        decide_alone(studio, booking.id)
        return booking.id

    def turn() -> None:
        for needs in _turning(studio):
            change(studio, requirements=needed(**needs))

    found = together(turn, *(lambda start=start: rival(start) for start in range(STARTS)))
    return _decided_under_one(studio, [each for each in found if each])


@ROUNDS
def test_what_is_decided_while_roles_change_is_decided_under_those_of_one_moment(rounds: int) -> None:
    studio, _ = _studio()
    change(studio, requirements=needed(**_turning(studio)[-1]))
    assert all(_while_roles_change(studio, number) for number in range(rounds))
    assert torn(studio) == []


def test_without_the_lane_what_is_decided_may_be_of_no_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    studio, _ = _studio()
    change(studio, requirements=needed(**_turning(studio)[-1]))
    look = catalog.offers

    def later(session: Session, service_ids: Collection[UUID]) -> Sequence[RoleOffer]:
        time.sleep(0.02)  # since the roles were read
        return look(session, service_ids)

    monkeypatch.setattr(catalog, "offers", later)
    unlock(monkeypatch)

    assert not all(_while_roles_change(studio, number) for number in range(TRIES))
