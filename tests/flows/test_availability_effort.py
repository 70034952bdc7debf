"""What is too much for one answer, over HTTP: it is found in several, or refused."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from domain.availability.rules import nearest
from domain.availability.rules.effort import Effort
from domain.availability.rules.zones import DAY
from domain.availability.service import instead, upcoming
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_shop, decide, weekday
from tests.flows.office import Office, office
from web.schemas import availability as shapes

WHERE = "/api/availability"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return a_shop(resources=3, max_advance_days=40)


@pytest.fixture(scope="module")
def mine(shop: Shop) -> Office:
    return office(shop.owner)


def asked(mine: Office, shop: Shop, **query: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a query can have
    answer = mine.get(WHERE, service_id=shown(Kind.SERVICE, shop.service.id), **query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


@pytest.mark.parametrize("most", [0, 200, 400])
def test_what_is_not_found_at_once_is_found_by_asking_on(
    shop: Shop, mine: Office, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    whole = asked(mine, shop, view="next", limit=100)
    assert "next_from" not in whole
    monkeypatch.setattr(upcoming, "Effort", partial(Effort, most))
    monkeypatch.setattr(nearest, "LONGEST", DAY)
    told = asked(mine, shop, view="next", limit=100)
    found, froms = told["slots"], []
    while "next_from" in told:
        assert all(slot["starts_at"][:10] < told["next_from"] for slot in told["slots"])
        froms.append(told["next_from"])
        told = asked(mine, shop, view="next", limit=100, **{"from": froms[-1]})
        found += told["slots"]
    assert froms == sorted(set(froms))
    assert froms
    assert found[:100] == whole["slots"]


def test_alternatives_are_few_rather_than_late(shop: Shop, mine: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = weekday(ahead=5)
    for _ in shop.resource_ids:
        a_booking(shop, at)
    decide(shop)
    explain = partial(mine.get, f"{WHERE}/explain", service_id=shown(Kind.SERVICE, shop.service.id), at=at.isoformat())
    assert len(explain().get_json()["rejection"]["alternatives"]) == 3
    monkeypatch.setattr(instead, "WORTH", 0)
    assert explain().get_json()["rejection"]["alternatives"] == []


def test_naming_too_many_resources_is_refused(shop: Shop, mine: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    query = {"service_id": shown(Kind.SERVICE, shop.service.id), "date": weekday(ahead=9).date().isoformat()}
    many = mine.get(WHERE, **query, include="resources").get_json()["slots"]
    named = sum(len(slot["resources"]) for slot in many)
    for most, status in ((named, 200), (named - 1, 422)):
        monkeypatch.setattr(shapes, "MOST_NAMED", most)
        answer = mine.get(WHERE, **query, include="resources")
        assert answer.status_code == status
    assert answer.get_json()["code"] == "too_many_slots"
    assert mine.get(WHERE, **query).status_code == 200


def test_each_shape_of_an_answer_has_a_tag_of_its_own(shop: Shop, mine: Office) -> None:
    service, day = shown(Kind.SERVICE, shop.service.id), weekday(ahead=9).date().isoformat()
    shapes = [
        {"date": day},
        {"date": day, "view": "days"},
        {"date": day, "include": "resources"},
        {"view": "next", "from": day},
        {"view": "next", "from": day, "limit": 3},
        {"view": "next", "from": day, "include": "resources"},
    ]
    tags = [mine.get(WHERE, service_id=service, **each).headers["ETag"] for each in shapes]
    assert len(set(tags)) == len(shapes)
    for shape, tag in zip(shapes, tags, strict=True):
        query = {"service_id": service, **shape}
        for other in tags:
            answer = mine.client.get(WHERE, query_string=query, headers=mine.signed | {"If-None-Match": other})
            assert answer.status_code == (304 if other == tag else 200)


def test_an_explanation_names_the_first_that_are_in_the_way_and_not_a_thousand() -> None:
    shop = a_shop(resources=2, duration_minutes=60 * 24 * 10, slot_interval_minutes=60)
    owner, begin = office(shop.owner), weekday(ahead=3)
    body = {"business_id": shown(Kind.BUSINESS, shop.business.id)}
    for number in range(15):
        starts_at = begin + timedelta(hours=2 * number)
        span = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=1)).isoformat()}
        assert owner.post("/api/time-off", {**body, **span}).status_code == 201
    told = owner.get(
        f"{WHERE}/explain", service_id=shown(Kind.SERVICE, shop.service.id), at=begin.isoformat()
    ).get_json()
    for resource in told["requirements"][0]["resources"]:
        (off,) = (each for each in resource["refusals"] if each["code"] == "time_off")
        assert len(off["time_off"]) == 10
        assert resource["remaining"] == 0
