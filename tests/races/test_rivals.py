"""Fifty rivals: never a double, never a lost seat, and the earliest accepted win; with the controls that go red."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import pytest

from domain.bookings.tables import Booking
from tests.builders import Shop, a_shop
from tests.claims import overbooked, unguarded
from tests.races.rivals import FAR_AHEAD, RIVALS, ROUNDS, Outcome, at_once, in_line, unlock, workday

QUARTER = timedelta(minutes=15)
COSTLY = 20  # a race in which each of the fifty takes the lane in turn has a round for every twenty
TRIES = 5  # a control needs to go red once


def _shop(resources: int = 0, capacity: int = 1, **service: int) -> Shop:
    return a_shop(resources=resources, capacity=capacity, max_advance_days=FAR_AHEAD, **service)


def _same(number: int) -> Sequence[datetime]:
    return [workday(number)] * RIVALS


def _staggered(number: int) -> Sequence[datetime]:
    """Return starts a quarter of an hour apart, of a service that lasts an hour, in no order."""
    return [workday(number) + QUARTER * (turn * 7 % 13) for turn in range(RIVALS)]


def _race(winners: int, outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        assert len(outcome.winners) == winners
        assert len(outcome.losers) == RIVALS - winners
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
def test_fifty_rivals_decided_each_alone_and_at_once(resources: int, capacity: int, rounds: int) -> None:
    shop = _shop(resources, capacity)
    _race(max(resources, capacity), (at_once(shop, _same(number)) for number in range(rounds // COSTLY)))


@ROUNDS
def test_parties_that_no_longer_fit_let_smaller_ones_pass(rounds: int) -> None:
    shop = _shop(capacity=10)
    for number in range(rounds // 4):
        outcome = in_line(shop, _same(number), parties=(1, 2, 3, 4))
        assert outcome.winners == _greedy(outcome.bookings, capacity=10)
        assert outcome.seats == 10
    assert overbooked() == []


@ROUNDS
def test_overlapping_starts_are_given_to_the_earliest_accepted(rounds: int) -> None:
    shop = _shop(duration_minutes=60, slot_interval_minutes=15)
    for number in range(rounds):
        outcome = in_line(shop, _staggered(number))
        assert outcome.winners == _greedy(outcome.bookings, capacity=1)
    assert overbooked() == []


@ROUNDS
def test_overlapping_starts_decided_at_once_leave_no_gap_that_somebody_wanted(rounds: int) -> None:
    shop = _shop(duration_minutes=60, slot_interval_minutes=15)
    for number in range(rounds // COSTLY):
        outcome = at_once(shop, _staggered(number))
        assert all(any(_overlap(loser, winner) for winner in outcome.winners) for loser in outcome.losers)
        assert len(outcome.winners) + len(outcome.losers) == RIVALS
    assert overbooked() == []


@ROUNDS
def test_a_limit_of_three_a_day_holds_for_fifty_rivals(rounds: int) -> None:
    shop = _shop(capacity=10, daily_limit=3)
    _race(3, (at_once(shop, _same(number)) for number in range(rounds // COSTLY)))


@SCENES
def test_without_locks_and_guards_the_race_is_real(
    resources: int, capacity: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, places = _shop(resources, capacity), max(resources, capacity)
    unlock(monkeypatch)
    with unguarded():
        assert any(len(at_once(shop, _same(number)).winners) > places for number in range(TRIES))
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
