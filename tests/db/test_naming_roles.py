"""The migration that names roles: what there is keeps its one resource, on the way up and down; nothing second is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from tests.db.schemas import NOON, alembic, an_empty_database, read, run, written

BEFORE = "0003"
END = {"ends_at": NOON + timedelta(minutes=30)}
PLACES = "SELECT id, resource_id, wanted_resource_id FROM bookings ORDER BY id"


@dataclass(frozen=True)
class Scene:
    """A database with a business, its owner and a chair that offers its service."""

    url: str
    business: UUID
    user: UUID
    chair: UUID
    service: UUID

    def booked(self, **more: object) -> UUID:
        """Write a booking; return its id."""
        own = {"business_id": self.business, "service_id": self.service, "booked_by": self.user}
        return written(self.url, "bookings", **own, **END, **{"status": "confirmed", "payment_status": "unpaid"} | more)

    def moving(self, booking: UUID, **more: object) -> UUID:
        """Write a reschedule of a booking; return its id."""
        own = {"business_id": self.business, "booking_id": booking, "asked_by": self.user}
        return written(self.url, "reschedules", **own, **END, status="pending", **more)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with an_empty_database() as url:
        assert alembic(url, "upgrade", BEFORE).returncode == 0
        account = written(url, "accounts")
        user = written(url, "users", account_id=account)
        business = written(url, "businesses", account_id=account)
        chair = written(url, "resources", business_id=business)
        service = written(url, "services", business_id=business)
        written(url, "service_resources", service_id=service, resource_id=chair)
        yield Scene(url, business, user, chair, service)


def test_a_resource_becomes_the_one_of_the_only_role_and_comes_back_on_the_way_down(scene: Scene) -> None:
    had = scene.booked(resource_id=scene.chair)
    wanted = scene.booked(resource_id=scene.chair, wanted_resource_id=scene.chair)
    free = scene.booked(status="pending")
    moves = {
        scene.moving(had, accepted_no=101): None,
        scene.moving(wanted, accepted_no=102, wanted_resource_id=scene.chair): scene.chair,
    }
    before = {table: read(scene.url, f"TABLE {table}") for table in ("services", "service_resources")}
    stood = read(scene.url, PLACES)

    assert alembic(scene.url, "upgrade", "head").returncode == 0

    assert read(scene.url, "SELECT roles FROM services") == [(["resource"],)]
    offers = read(scene.url, "SELECT service_id, resource_id, role FROM service_resources")
    assert offers == [(scene.service, scene.chair, "resource")]
    told = [{"role": "resource", "resource_id": str(scene.chair)}]
    rows = read(scene.url, "SELECT id, resource_id, resources, wanted_resource_ids FROM bookings")
    assert {each: rest for each, *rest in rows} == {
        had: [scene.chair, told, []],
        wanted: [scene.chair, told, [scene.chair]],
        free: [None, [], []],
    }
    asked = dict(read(scene.url, "SELECT id, wanted_resource_ids FROM reschedules"))
    assert asked == {move: [] if resource is None else [resource] for move, resource in moves.items()}

    assert alembic(scene.url, "downgrade", BEFORE).returncode == 0

    assert {table: read(scene.url, f"TABLE {table}") for table in before} == before
    assert read(scene.url, PLACES) == stood
    assert dict(read(scene.url, "SELECT id, wanted_resource_id FROM reschedules")) == moves


SECONDS: Mapping[str, tuple[str, str]] = {
    "services": ("""roles = '["stylist", "chair"]'""", """roles = '["stylist"]'"""),
    "reschedules": ("wanted_resource_ids = ARRAY[booking_id, booking_id]", "wanted_resource_ids = '{}'"),
    "bookings that want two": ("wanted_resource_ids = ARRAY[id, id]", "wanted_resource_ids = '{}'"),
    "bookings that had two": ("status = 'cancelled', resources = resources || resources", "resources = resources - 1"),
}
"""What only the schema after this can keep, and how it comes to be one again, by table."""


def test_there_is_no_way_down_while_a_second_place_would_be_lost(scene: Scene) -> None:
    scene.moving(scene.booked(resource_id=scene.chair), accepted_no=101)
    assert alembic(scene.url, "upgrade", "head").returncode == 0

    for what, (two, one) in SECONDS.items():
        table = what.split()[0]
        run(scene.url, f"UPDATE {table} SET {two}")
        before = read(scene.url, f"TABLE {table}")
        answer = alembic(scene.url, "downgrade", BEFORE)
        assert answer.returncode != 0
        assert "several resources, which the schema before this cannot keep" in answer.stderr
        assert read(scene.url, f"TABLE {table}") == before
        run(scene.url, f"UPDATE {table} SET {one}")

    assert alembic(scene.url, "downgrade", BEFORE).returncode == 0
