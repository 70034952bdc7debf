"""Rivals for two stylists and three chairs: all of a place or none, in order; with the controls that go red."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from config.transaction import Session
from domain.availability import queries as taken
from domain.bookings.tables import Booking
from domain.catalog.tables import Service
from tests.claims import overbooked, unguarded
from tests.races.rivals import (
    A_FEW,
    FAR_AHEAD,
    RIVALS,
    ROUNDS,
    TWO_DOZEN,
    at_once,
    in_line,
    unlock,
    workday,
)
from tests.studios import Studio, a_studio, another_service, torn

STYLISTS, CHAIRS = 2, 3
TRIES = 10  # a control needs to go red once
TERMS = {"max_advance_days": FAR_AHEAD}
Needs = Mapping[UUID, Counter[str]]
"""How many of which each service needs."""


def _studio() -> Studio:
    return a_studio(stylists=STYLISTS, chairs=CHAIRS, **TERMS)


def _same(number: int, rivals: int) -> Sequence[datetime]:
    return [workday(number)] * rivals


def _three_services(studio: Studio) -> tuple[Sequence[Service], Needs]:
    """Offer a wash, for which only a chair is needed, and advice, for which only a stylist is."""
    wash = another_service(studio, TERMS, chair=studio.chairs).service
    advice = another_service(studio, TERMS, stylist=studio.stylists).service
    needs = {studio.service.id: "stylist chair", wash.id: "chair", advice.id: "stylist"}
    return (studio.service, wash, advice), {each: Counter(roles.split()) for each, roles in needs.items()}


def _greedy(asked: Sequence[Booking], needs: Needs) -> list[Booking]:
    """Give stylists and chairs away in order of acceptance, to whoever can have all that they need."""
    left, won = Counter(stylist=STYLISTS, chair=CHAIRS), []
    for each in asked:
        if needs[each.service_id] <= left:
            left -= needs[each.service_id]
            won.append(each)
    return won


def _apart(winners: Sequence[Booking]) -> bool:
    """Tell whether no two winners have a resource in common."""
    ids = [each["resource_id"] for booking in winners for each in booking.resources]
    return len(ids) == len(set(ids))


@ROUNDS
def test_of_two_dozen_rivals_the_earliest_accepted_have_both_a_stylist_and_a_chair(rounds: int) -> None:
    studio = _studio()
    for number in range(rounds):
        outcome = in_line(studio, _same(number, TWO_DOZEN))
        assert outcome.winners == outcome.bookings[:STYLISTS]
        assert outcome.losers == outcome.bookings[STYLISTS:]
        assert _apart(outcome.winners)
    assert torn(studio) == []
    assert overbooked() == []


@ROUNDS
def test_rivals_decided_each_alone_and_at_once_tear_no_place_apart(rounds: int) -> None:
    studio = _studio()
    for number in range(rounds):
        outcome = at_once(studio, _same(number, A_FEW))
        assert (len(outcome.winners), len(outcome.losers)) == (STYLISTS, A_FEW - STYLISTS)
    assert torn(studio) == []
    assert overbooked() == []


@ROUNDS
def test_services_that_need_some_of_the_same_are_served_in_order(rounds: int) -> None:
    studio = _studio()
    services, needs = _three_services(studio)
    for number in range(rounds):
        outcome = in_line(studio, _same(number, A_FEW), services=services)
        assert outcome.winners == _greedy(outcome.bookings, needs)
        assert _apart(outcome.winners)
    assert torn(studio) == []
    assert overbooked() == []


@ROUNDS
def test_services_that_need_some_of_the_same_decided_at_once_leave_nothing_that_somebody_wanted(rounds: int) -> None:
    studio = _studio()
    services, needs = _three_services(studio)
    for number in range(rounds):
        outcome = at_once(studio, _same(number, A_FEW), services=services)
        left = Counter(stylist=STYLISTS, chair=CHAIRS)
        left.subtract(sum((needs[each.service_id] for each in outcome.winners), Counter()))
        assert min(left.values()) >= 0
        assert not any(needs[each.service_id] <= left for each in outcome.losers)
    assert torn(studio) == []
    assert overbooked() == []


def test_without_locks_and_guards_the_race_for_both_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = _studio()
    unlock(monkeypatch)
    with unguarded():
        assert any(len(at_once(studio, _same(number, RIVALS)).winners) > STYLISTS for number in range(TRIES))
        assert overbooked() != []


def test_without_locks_and_guards_services_meet_on_what_they_both_need(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = _studio()
    services, _ = _three_services(studio)
    unlock(monkeypatch)
    with unguarded():
        outcomes = (at_once(studio, _same(number, RIVALS), services=services) for number in range(TRIES))
        assert not all(_apart(outcome.winners) for outcome in outcomes)
        assert overbooked() != []


def test_without_locks_the_guards_alone_let_nobody_in_twice_and_tear_no_place_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    studio = _studio()
    services, _ = _three_services(studio)
    unlock(monkeypatch)

    outcomes = [at_once(studio, _same(number, TWO_DOZEN), services=services) for number in range(TRIES)]

    assert all(_apart(outcome.winners) for outcome in outcomes)
    assert torn(studio) == []
    assert overbooked() == []


def test_where_nobody_counts_what_went_in_places_are_torn(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = _studio()
    services, _ = _three_services(studio)
    insert = taken.insert_claims

    def insert_claims(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
        insert(session, rows)
        return len(rows)

    unlock(monkeypatch)
    monkeypatch.setattr(taken, "insert_claims", insert_claims)

    assert any(at_once(studio, _same(number, RIVALS), services=services) and torn(studio) for number in range(TRIES))
