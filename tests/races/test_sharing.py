"""Two services on the same chairs: whoever of either comes first has the chair; with the control that goes red."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

import pytest

from config.transaction import transaction
from domain.catalog.tables import Offer, Service
from tests.builders import Shop, a_service, a_shop
from tests.claims import overbooked, unguarded
from tests.races.rivals import A_FEW, FAR_AHEAD, RIVALS, ROUNDS, TWO_DOZEN, Outcome, at_once, in_line, unlock, workday

CHAIRS = 3
BENCH = 4  # seats
TRIES = 10  # a control needs to go red once
Both = Sequence[Service]


def _chairs() -> tuple[Shop, Both]:
    """Open a shop whose three chairs are for a cut of half an hour and for a colour of an hour."""
    shop = a_shop(resources=CHAIRS, max_advance_days=FAR_AHEAD)
    colour, _ = a_service(shop.owner, shop.business.id, name="Colour", duration_minutes=60, max_advance_days=FAR_AHEAD)
    with transaction() as session:
        session.add_all(Offer(service_id=colour.id, resource_id=each) for each in shop.resource_ids)
    return shop, (shop.service, colour)


def _bench() -> tuple[Shop, Both]:
    """Open a shop whose one bench seats four, all for the one class or all for the other."""
    shop = a_shop(capacity=BENCH, max_advance_days=FAR_AHEAD)
    other, _ = a_service(shop.owner, shop.business.id, name="Yin", capacity=BENCH, max_advance_days=FAR_AHEAD)
    return shop, (shop.service, other)


def _same(number: int, rivals: int) -> Sequence[datetime]:
    return [workday(number)] * rivals


def _has_the_chairs(outcome: Outcome) -> bool:
    """Tell whether each chair went to one rival, and everybody else was refused."""
    chairs = {each.resource_id for each in outcome.winners}
    everyone = len(outcome.winners) + len(outcome.losers) == len(outcome.bookings)
    return everyone and len(outcome.winners) == len(chairs) == CHAIRS


@ROUNDS
def test_two_dozen_rivals_for_two_services_of_three_chairs_are_served_in_order(rounds: int) -> None:
    shop, both = _chairs()
    for number in range(rounds):
        outcome = in_line(shop, _same(number, TWO_DOZEN), services=both)
        assert _has_the_chairs(outcome)
        assert outcome.winners == outcome.bookings[:CHAIRS]
    assert overbooked() == []


@ROUNDS
def test_rivals_for_two_services_of_three_chairs_decided_each_alone_and_at_once(rounds: int) -> None:
    shop, both = _chairs()
    assert all(_has_the_chairs(at_once(shop, _same(number, A_FEW), services=both)) for number in range(rounds))
    assert overbooked() == []


@ROUNDS
def test_a_bench_is_for_the_service_that_was_first_asked_for(rounds: int) -> None:
    shop, both = _bench()
    for number in range(rounds):
        asked = in_line(shop, _same(number, TWO_DOZEN), services=both)
        of_the_first = (each for each in asked.bookings if each.service_id == asked.bookings[0].service_id)
        assert asked.winners == list(islice(of_the_first, BENCH))
        assert len(asked.losers) == TWO_DOZEN - BENCH
    assert overbooked() == []


@ROUNDS
def test_a_bench_asked_for_at_once_is_for_one_service_alone(rounds: int) -> None:
    shop, both = _bench()
    for number in range(rounds):
        outcome = at_once(shop, _same(number, A_FEW), services=both)
        assert outcome.seats == BENCH
        assert len({each.service_id for each in outcome.winners}) == 1
    assert overbooked() == []


def test_without_locks_and_guards_two_services_meet_on_one_chair(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, both = _chairs()
    unlock(monkeypatch)
    with unguarded():
        assert any(len(at_once(shop, _same(number, RIVALS), services=both).winners) > CHAIRS for number in range(TRIES))
        assert overbooked() != []


def test_without_locks_and_guards_two_services_meet_on_one_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    shop, both = _bench()
    unlock(monkeypatch)
    with unguarded():
        outcomes = (at_once(shop, _same(number, RIVALS), services=both) for number in range(TRIES))
        assert any(len({each.service_id for each in outcome.winners}) > 1 for outcome in outcomes)
        assert overbooked() != []
