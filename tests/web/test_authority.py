"""Every operation of the OpenAPI document, asked by everybody with ids of one business: answered as the table says."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from authority import OTHERS, PUBLIC, rows
from werkzeug.test import TestResponse

from tests.application import application
from tests.asking import BODIES, PATHS, QUERIES, spoils
from tests.everything import Everything
from web.api import payments

APP = application()
DOCUMENT = APP.api_doc
ROWS = rows()

OPEN = {
    "GET /api/businesses/{slug}",
    "GET /api/businesses/{slug}/schedule",
    "GET /api/services",
    "GET /api/services/{service_id}",
    "GET /api/resources",
    "GET /api/resources/{resource_id}",
    "GET /api/resources/{resource_id}/schedule",
    "GET /api/availability",
    "GET /api/availability/explain",
    "POST /api/bookings",
}
"""What names something of an active business and is for everybody: to look at what it offers, and to book it."""
ONES_OWN = {"GET /api/bookings", "GET /api/payments", "GET /api/notifications"}
"""Asked for the bookings of a business that is not theirs, a caller is shown their own there: none."""


class Worlds:
    """A world at a time: the same one, until somebody has ended or moved what the next one would be answered about."""

    def __init__(self) -> None:
        self._world: Everything | None = None

    def ask(self, name: str, caller: str) -> TestResponse:
        """Ask for an operation as *caller*, with everything that it takes."""
        self._world = world = self._world or Everything(APP)
        answer = asked(world, name, caller)
        if answer.status_code < 300 and spoils(name):
            self._world = None
        return answer


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no worker here that would make a payment possible."""
    monkeypatch.setattr(payments, "WAIT", 0)


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    return Worlds()


@pytest.fixture(scope="module")
def archived() -> Everything:
    """Make a world whose business is archived by now."""
    world = Everything(APP).complete()
    assert asked(world, "DELETE /api/businesses/{slug}", "owner").status_code == 200
    return world


def operations() -> Iterator[tuple[str, Any]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


OPERATIONS = dict(operations())


def asked(world: Everything, name: str, caller: str, **other: Mapping[str, object]) -> TestResponse:
    """Ask for an operation with ids of the world in path, query and body; *other* has, by place, what to put there."""
    method, _, path = name.partition(" ")
    named = (PATHS[name](world) if name in PATHS else {}) | dict(other.get("path", {}))
    return APP.test_client().open(
        world.path(path, **named),
        method=method,
        query_string=_query(world, name) | dict(other.get("query", {})),
        json=BODIES[name](world) | dict(other.get("body", {})) if name in BODIES else None,
        headers=(world.headers(caller) if caller else {}) | {"If-Match": "*"},
    )


def _query(world: Everything, name: str) -> dict[str, object]:
    return dict(QUERIES[name](world)) if name in QUERIES else {}


def names_something(name: str) -> bool:
    """Tell whether an operation has an id of a business, or of something in one, in its path, query or body."""
    if "/api/system/" in name:
        return False  # it is of the installation
    with_body = {"POST /api/services", "POST /api/resources", "POST /api/time-off", "POST /api/bookings"}
    with_body |= {each for each in BODIES if each.startswith("POST /api/payments/")}
    return "{" in name or name in with_body | QUERIES.keys()


NAMING = sorted(filter(names_something, OPERATIONS))


def _requires_a_query(operation: dict[str, Any]) -> bool:
    return any(each.get("in") == "query" and each.get("required") for each in operation.get("parameters", []))


def test_every_operation_is_in_the_table() -> None:
    assert ROWS.keys() | PUBLIC == OPERATIONS.keys()
    assert {name for name, each in OPERATIONS.items() if each.get("security") == []} == PUBLIC
    asking = {name for name, each in OPERATIONS.items() if _requires_a_query(each)}
    assert asking <= QUERIES.keys()
    taking = {name for name, each in OPERATIONS.items() if "requestBody" in each}
    assert BODIES.keys() == taking


@pytest.mark.parametrize("name", sorted(ROWS))
def test_everybody_is_answered_as_the_table_says(name: str, worlds: Worlds) -> None:
    told = {caller: worlds.ask(name, caller).status_code for caller in ROWS[name]}
    assert told == ROWS[name]


@pytest.mark.parametrize("name", sorted(ROWS))
def test_nobody_is_answered_without_saying_who_they_are(name: str, worlds: Worlds) -> None:
    assert worlds.ask(name, "").status_code == 401


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_guest_of_another_booking_of_the_same_customer_gets_nothing(name: str, worlds: Worlds) -> None:
    answer = worlds.ask(name, "other guest")
    assert answer.status_code in {403, 404}
    assert answer.get_json()["code"] in {"booking_only", "not_found"}


@pytest.mark.parametrize("name", NAMING)
def test_the_owner_of_another_business_is_a_stranger(name: str, worlds: Worlds) -> None:
    answer = worlds.ask(name, "rival")
    assert answer.status_code == ROWS[name]["stranger"]
    if name in ONES_OWN:
        assert answer.get_json()["data"] == []
    else:
        assert (answer.status_code < 300) == (name in OPEN)
        assert answer.status_code in {403, 404} or name in OPEN


@pytest.mark.parametrize("name", [each for each in NAMING if each not in ONES_OWN])
def test_what_is_of_an_archived_business_is_not_there_for_the_owner_of_another(name: str, archived: Everything) -> None:
    assert asked(archived, name, "rival").status_code == 404


@pytest.fixture(scope="module")
def pair() -> tuple[Everything, Everything]:
    return Everything(APP), Everything(APP)


@pytest.mark.parametrize(("name", "place", "field"), OTHERS)
def test_an_id_of_somebody_elses_beside_ones_own_is_of_nothing(
    name: str, place: str, field: str, pair: tuple[Everything, Everything]
) -> None:
    mine, theirs = pair
    known = {"service_ids": [theirs.ids["service_id"][0]], "reschedule_of": theirs.ids["booking_id"][0]}
    other: object = known.get(field) or theirs.ids[field][0]
    answer = asked(mine, name, "owner", **{place: {field: other}})
    told = (422, "not_a_member") if (place, field) == ("body", "user_id") else (404, "not_found")
    assert (answer.status_code, answer.get_json()["code"]) == told


@pytest.mark.parametrize("field", ["business_id", "service_id", "resource_id"])
def test_bookings_listed_by_an_id_of_somebody_elses_are_none(field: str, pair: tuple[Everything, Everything]) -> None:
    mine, theirs = pair
    query = {"business_id": mine.ids["business_id"][0], field: theirs.ids[field][0]}
    answer = asked(mine, "GET /api/bookings", "owner", query=query)
    assert (answer.status_code, answer.get_json()["data"]) == (200, [])
