"""The database alone, written to past the application by many at once: what it lets in always fits."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.builders import Shop, a_booking, a_service, a_shop, weekday
from tests.claims import Claim, connected, overbooked, unguarded
from tests.races.rivals import ROUNDS, together, workday

WRITERS = 50
EXCLUSION = "23P01"
Scene = Callable[[int], Sequence[Claim]]
"""The claims that one round's writers want, by the round's number."""


@pytest.fixture(scope="module")
def writers() -> Iterator[Sequence[psycopg.Connection[Any]]]:
    """Yield a connection for each writer."""
    with ExitStack() as stack:
        yield [stack.enter_context(connected()) for _ in range(WRITERS)]


def exclusive() -> Scene:
    """Let everybody want the one chair for themselves."""
    shop, booking = _with_a_booking(a_shop())
    return lambda number: [_claim(shop, booking, number)] * WRITERS


def parties() -> Scene:
    """Let parties of one to four want a table of ten."""
    shop, booking = _with_a_booking(a_shop(capacity=10))
    return lambda number: [
        _claim(shop, booking, number, seats=turn % 4 + 1, exclusive=False) for turn in range(WRITERS)
    ]


def staggered() -> Scene:
    """Let parties want the table for different lengths of time, so that each meets others than its neighbour does."""
    shop, booking = _with_a_booking(a_shop(capacity=10))
    return lambda number: [
        _claim(shop, booking, number, minutes=30 + turn * 7 % 90, seats=turn % 4 + 1, exclusive=False)
        for turn in range(WRITERS)
    ]


def two_services() -> Scene:
    """Let two services that share generously with themselves want the one room."""
    shop, booking = _with_a_booking(a_shop(capacity=WRITERS))
    other, _ = a_service(shop.owner, shop.business.id, capacity=WRITERS)
    return lambda number: [
        _claim(shop, booking, number, service_id=(shop.service.id, other.id)[turn % 2], exclusive=False)
        for turn in range(WRITERS)
    ]


def shared_and_exclusive() -> Scene:
    """Let some want the table for themselves, though its service shares it."""
    shop, booking = _with_a_booking(a_shop(capacity=WRITERS))
    return lambda number: [_claim(shop, booking, number, exclusive=turn % 5 == 0) for turn in range(WRITERS)]


SCENES = pytest.mark.parametrize(
    "scene", [exclusive, parties, staggered, two_services, shared_and_exclusive], ids=lambda scene: scene.__name__
)


@SCENES
@ROUNDS
def test_fifty_writers_past_the_application_never_overbook(
    scene: Callable[[], Scene], rounds: int, writers: Sequence[psycopg.Connection[Any]]
) -> None:
    wanted = scene()
    for number in range(rounds):
        answers = _write(writers, wanted(number))
        assert set(answers) == {None, EXCLUSION}, "each is let in or refused; nobody deadlocks or waits in vain"
    assert overbooked() == []


@SCENES
def test_without_the_guards_fifty_writers_overbook(
    scene: Callable[[], Scene], writers: Sequence[psycopg.Connection[Any]]
) -> None:
    wanted = scene()
    with unguarded():
        assert set(_write(writers, wanted(0))) == {None}
        assert overbooked() != []


@ROUNDS
def test_no_seat_is_lost_to_the_race(rounds: int, writers: Sequence[psycopg.Connection[Any]]) -> None:
    wanted = parties()
    for number in range(rounds):
        claims = wanted(number)
        answers = _write(writers, claims)
        taken = sum(claim.seats for claim, refused in zip(claims, answers, strict=True) if not refused)
        assert all(claim.seats > 10 - taken for claim, refused in zip(claims, answers, strict=True) if refused)


def _with_a_booking(shop: Shop) -> tuple[Shop, UUID]:
    return shop, a_booking(shop, weekday()).id


def _claim(shop: Shop, booking_id: UUID, number: int, **more: Any) -> Claim:  # noqa: ANN401
    values = {"service_id": shop.service.id, "start": workday(number)} | more
    return Claim(booking_id=booking_id, resource_id=shop.resource_ids[0], **values)


def _write(writers: Sequence[psycopg.Connection[Any]], claims: Sequence[Claim]) -> list[str | None]:
    """Write each claim from a connection of its own, all at once; return the SQLSTATEs of the refusals."""

    def write(connection: psycopg.Connection[Any], claim: Claim) -> str | None:
        try:
            claim.write(connection)
        except psycopg.Error as error:
            return error.sqlstate
        return None

    pairs = zip(writers, claims, strict=True)
    return together(*(lambda writer=writer, claim=claim: write(writer, claim) for writer, claim in pairs))
