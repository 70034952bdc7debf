"""Rivals for a stylist and a chair beside writers past the application: no place is torn, none is lost; with a control."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from config.transaction import Session, transaction
from domain.availability import service as availability
from domain.availability.service import Place
from domain.availability.tables import Claim as Row
from domain.bookings.tables import Booking
from tests.builders import a_booking, a_shop, weekday
from tests.claims import Claim, connected, overbooked, unguarded
from tests.races.rivals import FAR_AHEAD, ROUNDS, decide_alone, together, unlock, workday
from tests.studios import Studio, a_studio, torn

STYLISTS, CHAIRS = 2, 3
BOOKERS = 5
TRIES = 20
EXCLUSION = "23P01"


@pytest.fixture
def studio() -> Studio:
    return a_studio(stylists=STYLISTS, chairs=CHAIRS, max_advance_days=FAR_AHEAD)


@pytest.fixture(scope="module")
def other() -> UUID:
    """Return a booking of somebody else's, for which writers take places that it has never asked for."""
    return a_booking(a_shop(), weekday()).id


def _writers(studio: Studio, other: UUID, number: int) -> Sequence[Callable[[], str | None]]:
    """Return writers of claims on one of the stylists and on two of the chairs; they tell the SQLSTATE of a refusal."""

    def write(resource_id: UUID) -> str | None:
        claim = Claim(booking_id=other, resource_id=resource_id, service_id=studio.service.id, start=workday(number))
        with connected() as connection:
            try:
                claim.write(connection)
            except psycopg.Error as error:
                return error.sqlstate
        return None

    some = (studio.stylists[number % STYLISTS], *(studio.chairs[(number + turn) % CHAIRS] for turn in range(2)))
    return [lambda each=each: write(each) for each in some]


def _race(studio: Studio, other: UUID, number: int) -> set[str | None]:
    """Let rivals and writers go; return what the writers were told."""

    def rival() -> str | None:
        decide_alone(studio, a_booking(studio, workday(number)).id)
        return None

    return {*together(*[rival] * BOOKERS, *_writers(studio, other, number))}


def _watched(monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    """Note each place of which the database has refused some, or all."""
    noted: list[Place] = []
    which = availability.refused

    def refused(session: Session, place: Place, *, now: datetime) -> Collection[UUID]:
        noted.append(place)
        return which(session, place, now=now)

    monkeypatch.setattr(availability, "refused", refused)
    return noted


def _refused(studio: Studio, start: datetime) -> bool:
    with transaction() as session:
        ours = select(Booking.status).where(Booking.business_id == studio.business.id, Booking.starts_at == start)
        statuses = session.scalars(ours).all()
    assert {*statuses} <= {"confirmed", "rejected"}
    return "rejected" in statuses


def _taken(resource_ids: Collection[UUID], start: datetime) -> int:
    with transaction() as session:
        live = select(Row.id).where(
            Row.resource_id.in_(resource_ids), Row.starts_at == start, Row.released_at.is_(None)
        )
        return len(session.scalars(live).all())


@ROUNDS
def test_writers_beside_tear_no_place_apart_and_nobody_is_refused_what_is_left(
    rounds: int, studio: Studio, other: UUID
) -> None:
    for number in range(rounds):
        told = _race(studio, other, number)
        assert told <= {None, EXCLUSION}, "a writer is let in or refused; nobody deadlocks or waits in vain"
        full = (
            STYLISTS - _taken(studio.stylists, workday(number)) == 0
            or CHAIRS - _taken(studio.chairs, workday(number)) == 0
        )
        assert full or not _refused(studio, workday(number))
    assert torn(studio) == []
    assert overbooked() == []


@ROUNDS
def test_without_locks_what_the_database_refuses_sends_rivals_on_and_tears_no_place_apart(
    rounds: int, studio: Studio, other: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    asked_which = _watched(monkeypatch)
    for number in range(max(rounds, 10 * TRIES)):  # one in seven is refused some, on a busy machine fewer
        _race(studio, other, number)
        if number + 1 >= rounds and asked_which:
            break
    assert asked_which != [], "the database has refused some"
    assert torn(studio) == []
    assert overbooked() == []


def test_without_locks_and_guards_rivals_meet_writers(
    studio: Studio, other: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    with unguarded():
        for number in range(TRIES):
            _race(studio, other, number)
            if overbooked():
                return
        pytest.fail("nobody met anybody")
