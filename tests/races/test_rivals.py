"""Fifty rivals: never a double, never a lost seat, and the earliest accepted win; with the controls that go red."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import pytest

from domain.bookings.tables import Booking
from tests.builders import Shop, a_shop
from tests.claims import overbooked, unguarded
from tests.races.rivals import (
    A_FEW,
    FAR_AHEAD,
    RIVALS,
    ROUNDS,
    TWO_DOZEN,
    Outcome,
    at_once,
    in_line,
    unlock,
    workday,
)

QUARTER = timedelta(minutes=15)
SPARE = 5  # rivals more than there are places
PARTIES = (1, 2, 3, 4)
TRIES = 5  # a control needs to go red once


def _shop(resources: int = 0, capacity: int = 1, **service: int) -> Shop:
    return a_shop(resources=resources, capacity=capacity, max_advance_days=FAR_AHEAD, **service)


def _same(number: int, rivals: int = RIVALS) -> Sequence[datetime]:
    return [workday(number)] * rivals


def _staggered(number: int, rivals: int = RIVALS) -> Sequence[datetime]:
    """Return starts a quarter of an hour apart, of a service that lasts an hour, in no order."""
    return [workday(number) + QUARTER * (turn * 7 % 13) for turn in range(rivals)]


def _race(winners: int, outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        assert len(outcome.winners) == winners
        assert len(outcome.winners) + len(outcome.losers) == len(outcome.bookings)
    assert overbooked() == []


SCENES = pytest.mark.parametrize(
    ("resources", "capacity"), [(0, 1), (3, 1), (0, 10)], ids=["one place", "three chairs", "ten seats"]
)


@SCENES
@ROUNDS
def test_of_fifty_rivals_the_earliest_accepted_win(resources: int, capacity: int, rounds: int) -> None:
    shop, places = _shop(resources, capacity), max(resources, capacity)
    for number in range(rounds):
        outcome = in_line(shop, _same(number))
        assert outcome.winners == outcome.bookings[:places]
        assert outcome.losers == outcome.bookings[places:]
        assert len({each.resource_id for each in outcome.winners}) == max(resources, 1)
    assert overbooked() == []


@SCENES
@ROUNDS
def test_rivals_decided_each_alone_and_at_once(resources: int, capacity: int, rounds: int) -> None:
    shop, places = _shop(resources, capacity), max(resources, capacity)
    _race(places, (at_once(shop, _same(number, places + SPARE)) for number in range(rounds)))


@ROUNDS
def test_parties_that_no_longer_fit_let_smaller_ones_pass(rounds: int) -> None:
    shop = _shop(capacity=10)
    for number in range(rounds):
        outcome = in_line(shop, _same(number), parties=PARTIES)
        assert outcome.winners == _greedy(outcome.bookings, capacity=10)
        assert outcome.seats == 10
    assert overbooked() == []


@ROUNDS
def test_parties_decided_each_alone_and_at_once_leave_no_seat_that_somebody_wanted(rounds: int) -> None:
    shop = _shop(capacity=10)
    for number in range(rounds):
        outcome = at_once(shop, _same(number, A_FEW), parties=PARTIES)
        assert outcome.seats <= 10
        assert all(each.party > 10 - outcome.seats for each in outcome.losers)
        assert len(outcome.winners) + len(outcome.losers) == A_FEW
    assert overbooked() == []


@ROUNDS
def test_overlapping_starts_are_given_to_the_earliest_accepted(rounds: int) -> None:
    shop = _shop(duration_minutes=60, slot_interval_minutes=15)
    for number in range(rounds):
        outcome = in_line(shop, _staggered(number, TWO_DOZEN))
        assert outcome.winners == _greedy(outcome.bookings, capacity=1)
    assert overbooked() == []


@ROUNDS
def test_overlapping_starts_decided_at_once_leave_no_gap_that_somebody_wanted(rounds: int) -> None:
    shop = _shop(duration_minutes=60, slot_interval_minutes=15)
    for number in range(rounds):
        outcome = at_once(shop, _staggered(number, A_FEW))
        assert all(any(_overlap(loser, winner) for winner in outcome.winners) for loser in outcome.losers)
        assert len(outcome.winners) + len(outcome.losers) == A_FEW
    assert overbooked() == []


@ROUNDS
def test_a_limit_of_three_a_day_holds_for_all_who_come_at_once(rounds: int) -> None:
    shop = _shop(capacity=10, daily_limit=3)
    _race(3, (at_once(shop, _same(number, A_FEW)) for number in range(rounds)))


@SCENES
def test_without_locks_and_guards_the_race_is_real(
    resources: int, capacity: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, places = _shop(resources, capacity), max(resources, capacity)
    unlock(monkeypatch)
    with unguarded():
        assert any(len(at_once(shop, _same(number)).winners) > places for number in range(TRIES))
        assert overbooked() != []


def test_without_locks_and_guards_parties_take_more_seats_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop(capacity=10)
    unlock(monkeypatch)
    with unguarded():
        assert any(at_once(shop, _same(number), parties=PARTIES).seats > 10 for number in range(TRIES))
        assert overbooked() != []


def test_without_locks_and_guards_overlapping_starts_are_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop(duration_minutes=60, slot_interval_minutes=15)
    unlock(monkeypatch)
    with unguarded():
        assert any(at_once(shop, _staggered(number)) and overbooked() for number in range(TRIES))


def test_without_the_lane_a_limit_of_three_a_day_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = _shop(capacity=10, daily_limit=3)
    unlock(monkeypatch)

    assert any(len(at_once(shop, _same(number)).winners) > 3 for number in range(TRIES)), "guards know of no limits"
    assert overbooked() == []


@SCENES
def test_without_locks_the_guards_alone_still_let_nobody_in_twice(
    resources: int, capacity: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = _shop(resources, capacity)
    unlock(monkeypatch)

    _race(max(resources, capacity), [at_once(shop, _same(0))])


def _greedy(asked: Sequence[Booking], *, capacity: int) -> list[Booking]:
    """Give one resource away in order of acceptance; who starts together shares it, who overlaps otherwise does not."""
    won: list[Booking] = []
    for each in asked:
        beside = [other for other in won if _overlap(each, other)]
        if each.party + sum(other.party for other in beside) <= capacity:
            won.append(each)
    return won


def _overlap(one: Booking, other: Booking) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
