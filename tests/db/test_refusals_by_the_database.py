"""What the guards on claims refuse, one statement at a time, and by which name; and what they must let pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.builders import a_booking, a_service, a_shop, weekday
from tests.claims import Claim, connected, overbooked

START = weekday()
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """Two resources, a service for one at a time and a shared one for ten; claims to be written by hand."""

    connection: psycopg.Connection[Any]
    resources: tuple[UUID, UUID]
    alone: Claim
    shared: Claim

    def update(self, claim_id: int, change: str, *values: object) -> None:
        """Change a claim by hand."""
        self.connection.execute(f"UPDATE claims SET {change} WHERE id = %s", (*values, claim_id))


@pytest.fixture
def scene() -> Iterator[Scene]:
    shop = a_shop(resources=2)
    table, _ = a_service(shop.owner, shop.business.id, capacity=10)
    one, two = shop.resource_ids
    alone = Claim(
        booking_id=a_booking(shop, START).id, resource_id=one, service_id=shop.service.id, start=START, minutes=60
    )
    with connected() as connection:
        yield Scene(connection, (one, two), alone, replace(alone, service_id=table.id, exclusive=False))
    assert overbooked() == []


REFUSED: Mapping[str, tuple[str, Mapping[str, Any], str]] = {
    "a second exclusive one": ("alone", {"start": START + HOUR / 2}, "ex_claims_exclusive"),
    "an exclusive one among shared ones": ("shared", {"exclusive": True}, "ex_claims_shared_or_exclusive"),
    "one seat too many": ("shared", {"seats": 8}, "ex_claims_capacity"),
}


@pytest.mark.parametrize(("of", "second", "name"), REFUSED.values(), ids=REFUSED.keys())
def test_a_claim_in_the_way_of_another_is_refused_by_name(
    scene: Scene, of: str, second: Mapping[str, Any], name: str
) -> None:
    first: Claim = getattr(scene, of)
    replace(first, seats=3 if of == "shared" else 1).write(scene.connection)

    assert _refusal(scene, replace(first, **second)) == name


def test_another_service_on_the_resource_is_refused(scene: Scene) -> None:
    scene.alone.write(scene.connection)

    assert _refusal(scene, scene.shared) == "ex_claims_one_service"


def test_more_than_the_capacity_by_oneself_is_refused(scene: Scene) -> None:
    assert _refusal(scene, replace(scene.shared, seats=11)) == "ex_claims_capacity"


def test_claims_that_only_touch_do_not_meet(scene: Scene) -> None:
    for turn in range(3):
        replace(scene.alone, start=START + turn * HOUR).write(scene.connection)


def test_seats_are_counted_at_each_instant_not_over_the_whole_claim(scene: Scene) -> None:
    replace(scene.shared, seats=8).write(scene.connection)
    replace(scene.shared, seats=8, start=START + HOUR).write(scene.connection)

    replace(scene.shared, seats=2, minutes=120).write(scene.connection)
    assert _refusal(scene, replace(scene.shared, start=START + HOUR * 1.5)) == "ex_claims_capacity"


def test_a_claim_moved_onto_another_is_refused(scene: Scene) -> None:
    scene.alone.write(scene.connection)
    elsewhere = replace(scene.alone, resource_id=scene.resources[1]).write(scene.connection)

    with pytest.raises(psycopg.errors.ExclusionViolation):
        scene.update(elsewhere, "resource_id = %s", scene.resources[0])


def test_a_shared_claim_moved_to_a_full_table_is_refused(scene: Scene) -> None:
    replace(scene.shared, seats=9).write(scene.connection)
    elsewhere = replace(scene.shared, seats=2, resource_id=scene.resources[1]).write(scene.connection)

    with pytest.raises(psycopg.errors.ExclusionViolation) as refused:
        scene.update(elsewhere, "resource_id = %s", scene.resources[0])
    assert refused.value.diag.constraint_name == "ex_claims_capacity"


@pytest.mark.parametrize(
    "change",
    [
        "seats = 3",
        "exclusive = true",
        "ends_at = ends_at + interval '1 hour', footprint = tstzrange(starts_at, ends_at + interval '1 hour')",
    ],
)
def test_a_shared_claim_that_grows_into_what_is_taken_is_refused(scene: Scene, change: str) -> None:
    replace(scene.shared, seats=8).write(scene.connection)
    replace(scene.shared, seats=9, start=START + HOUR).write(scene.connection)
    mine = replace(scene.shared, seats=2).write(scene.connection)

    with pytest.raises(psycopg.errors.ExclusionViolation):
        scene.update(mine, change)


def test_a_released_claim_gives_way_and_cannot_come_back(scene: Scene) -> None:
    first = scene.alone.write(scene.connection)
    scene.update(first, "released_at = now()")
    scene.shared.write(scene.connection)

    with pytest.raises(psycopg.errors.ExclusionViolation) as refused:
        scene.update(first, "released_at = NULL")
    assert refused.value.diag.constraint_name == "ex_claims_one_service"


def test_a_hold_that_has_lapsed_is_in_the_way_until_somebody_releases_it(scene: Scene) -> None:
    first = scene.alone.write(scene.connection)
    scene.update(first, "expires_at = now() - interval '1 hour'")

    assert _refusal(scene, scene.alone) == "ex_claims_exclusive"


def test_claims_that_a_lowered_capacity_left_over_full_can_be_kept_and_shrunk_but_not_grow(scene: Scene) -> None:
    mine = [replace(scene.shared, seats=5).write(scene.connection) for _ in range(2)]
    scene.connection.execute("UPDATE services SET capacity = 6 WHERE id = %s", (scene.shared.service_id,))

    scene.update(mine[0], "expires_at = now()")
    scene.update(mine[0], "seats = 4")
    with pytest.raises(psycopg.errors.ExclusionViolation):
        scene.update(mine[0], "seats = 5")
    scene.update(mine[0], "released_at = now()")


@pytest.mark.parametrize(
    "footprint",
    ["empty", "(,)", "[{0},)", "(,{1})", "[{0},infinity)", "[-infinity,{1})", "[{0},{1}]", "({0},{1})"],
)
def test_a_footprint_that_is_not_bounded_and_half_open_is_refused(scene: Scene, footprint: str) -> None:
    claim = scene.alone.write(scene.connection)
    bounds = footprint.format(START.isoformat(), (START + HOUR).isoformat())

    with pytest.raises(psycopg.errors.CheckViolation):
        scene.update(claim, "footprint = %s::tstzrange", bounds)


def test_a_footprint_that_does_not_cover_its_booking_is_refused(scene: Scene) -> None:
    claim = scene.alone.write(scene.connection)

    with pytest.raises(psycopg.errors.CheckViolation):
        scene.update(claim, "footprint = tstzrange(starts_at, ends_at - interval '1 minute')")


@pytest.mark.parametrize("seats", [0, -1])
def test_a_claim_takes_at_least_one_seat(scene: Scene, seats: int) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        replace(scene.shared, seats=seats).write(scene.connection)


@pytest.mark.parametrize(
    "level", [psycopg.IsolationLevel.REPEATABLE_READ, psycopg.IsolationLevel.SERIALIZABLE], ids=lambda each: each.name
)
def test_an_older_snapshot_may_not_write_claims(scene: Scene, level: psycopg.IsolationLevel) -> None:
    scene.connection.isolation_level = level

    with pytest.raises(psycopg.errors.InvalidTransactionState) as refused, scene.connection.transaction():
        scene.shared.write(scene.connection)
    assert refused.value.sqlstate == "25000"


def test_two_rows_of_one_statement_are_judged_together(scene: Scene) -> None:
    scene.shared.write(scene.connection)

    with pytest.raises(psycopg.errors.ExclusionViolation):
        scene.connection.execute(
            """
            INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive)
            SELECT booking_id, resource_id, service_id, starts_at, ends_at, footprint, 5, false
              FROM claims CROSS JOIN generate_series(1, 2) WHERE resource_id = %s
        """,
            (scene.resources[0],),
        )


def _refusal(scene: Scene, claim: Claim) -> str | None:
    """Write a claim that must be refused, and return the name of what refused it."""
    with pytest.raises(psycopg.errors.ExclusionViolation) as refused:
        claim.write(scene.connection)
    return refused.value.diag.constraint_name
