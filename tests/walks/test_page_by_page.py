"""Every list of the document: bounded, read page by page without gap or double while it grows, and filtered by the same words."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tests.asking import BODIES
from tests.walks.walker import Walker, doer, operations, refused, takes_a_body, walker
from web.api import payments

WHOLE = {
    "GET /api/businesses/{slug}/message-templates": "as many as there are kinds and languages, in every answer",
    "GET /api/events": "it is followed, not paged through: tests/web/test_events.py",
    "GET /api/availability": "`limit` counts its dates or starts; it is no list of objects",
}
MADE_BY: Mapping[str, str] = {
    "GET /api/auth/sessions": "POST /api/auth/login",
    "GET /api/api-keys": "POST /api/api-keys",
    "GET /api/businesses": "POST /api/businesses",
    "GET /api/businesses/{slug}/invitations": "POST /api/businesses/{slug}/invitations",
    "GET /api/services": "POST /api/services",
    "GET /api/resources": "POST /api/resources",
    "GET /api/time-off": "POST /api/time-off",
    "GET /api/bookings": "POST /api/bookings",
    "GET /api/payments/{payment_id}/refunds": "POST /api/payments/{payment_id}/refunds",
    "GET /api/payments/ledger": "POST /api/payments/{payment_id}/refunds",
    "GET /api/calendar-feeds": "POST /api/calendar-feeds",
    "GET /api/webhook-endpoints": "POST /api/webhook-endpoints",
    "GET /api/webhook-deliveries": "POST /api/webhook-endpoints/{endpoint_id}/test",
}
"""By which operation a list grows, again and again."""
STILL = {
    "GET /api/audit-entries",
    "GET /api/system/audit-entries",
    "GET /api/businesses/{slug}/members",
    "GET /api/businesses/{slug}/provider-accounts",
    "GET /api/bookings/{booking_id}/history",
    "GET /api/payments",
    "GET /api/payments/disputes",
    "GET /api/notifications",
    "GET /api/system/provider-events",
}
"""They are read as they are."""
SPANS = {"starts_from", "starts_to", "updated_since", "updated_until", "since", "until", "created_from", "created_to"}
WORDS = {
    "q",
    "action",
    "category",
    "city",
    "country",
    "currency",
    "status",
    "state",
    "kind",
    "type",
    "provider",
    "provider_ref",
}


def parameters(name: str) -> Mapping[str, Mapping[str, Any]]:
    return {each["name"]: each["schema"] for each in operations()[name]["parameters"] if each.get("in") == "query"}


LISTS = sorted(name for name in operations() if "cursor" in parameters(name))


def rows(walk: Walker, name: str, **query: object) -> list[dict[str, Any]]:
    answer = walk.ask(name, query=query)
    assert answer.status_code == 200, answer.get_json()
    found: list[dict[str, Any]] = answer.get_json()["data"]
    return found


def grow(walk: Walker, name: str) -> None:
    made_by = MADE_BY[name]
    raw = json.dumps(BODIES[made_by](walk.world)).encode() if takes_a_body(made_by) else None
    answer = walk.ask(made_by, raw=raw)
    assert answer.status_code < 300, answer.get_json()


def test_whatever_lists_is_read_page_by_page_or_says_why_not() -> None:
    listing = {
        name for name, each in operations().items() if '"#/components/schemas/' in json.dumps(each) and _lists(each)
    }
    assert listing | {"GET /api/availability"} == {*LISTS, *WHOLE}
    assert MADE_BY.keys() | STILL == set(LISTS)


def _lists(operation: Mapping[str, Any]) -> bool:
    named = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return str(named.get("$ref", "")).endswith("List")


@pytest.mark.parametrize("name", LISTS)
def test_a_page_is_bounded_and_a_cursor_is_of_its_list_only(name: str) -> None:
    bounds = [parameters(name)["limit"].get(each) for each in ("minimum", "maximum")]
    assert bounds == [1, 100]
    for limit in ("0", "101", "-1", "x", ""):
        refused(walker().ask(name, query={"limit": limit}), 422, "invalid")
    for cursor in ("x", "WzIwXQ.c2lnbmVk", "", foreign(name)):
        refused(walker().ask(name, query={"cursor": cursor}), 400, "invalid_cursor")
    page = walker().ask(name, query={"limit": 100}).get_json()
    assert page.keys() == {"object", "data", "has_more", "next_cursor"}
    assert (page["object"], page["has_more"]) == ("list", page["next_cursor"] is not None)
    assert len(page["data"]) <= 100


def foreign(name: str) -> str:
    other = next(each for each in ("GET /api/businesses", "GET /api/bookings") if each != name)
    cursor: str = walker().ask(other, query={"limit": 1}).get_json()["next_cursor"]
    return cursor


@pytest.mark.parametrize("name", LISTS)
def test_pages_join_without_gap_or_double_while_the_list_grows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "WAIT", 0)
    walk = doer()
    while name in MADE_BY and len(rows(walk, name, limit=3)) < 2:
        grow(walk, name)
    before = rows(walk, name, limit=100)
    seen = paged(walk, name, lambda: grow(walk, name) if name in MADE_BY else None)
    names = [json.dumps(_name(each)) for each in seen]
    assert len(set(names)) == len(names)
    assert [each for each in names if each in {json.dumps(_name(row)) for row in before}] == [
        json.dumps(_name(row)) for row in before
    ]


def paged(walk: Walker, name: str, meanwhile: Callable[[], object]) -> Sequence[dict[str, Any]]:
    """Read a list one by one by the links that its pages give, as it grows after the first."""
    answer = walk.ask(name, query={"limit": 1})
    seen = answer.get_json()["data"]
    meanwhile()
    while answer.get_json()["has_more"]:
        place, _, rest = answer.headers["Link"].removeprefix("<").partition(">")
        assert rest == '; rel="next"'
        answer = walk.world.app.test_client().get(place, headers=walk.owner)
        assert len(answer.get_json()["data"]) == 1
        seen += answer.get_json()["data"]
    assert "Link" not in answer.headers
    return seen


def _name(row: Mapping[str, Any]) -> object:
    return row.get("id") or [row.get("user_id"), row.get("version")]


def test_filters_have_the_same_name_and_the_same_meaning_everywhere() -> None:
    known: dict[str, object] = {}
    for name in LISTS:
        for filtered, schema in parameters(name).items():
            if filtered in {"limit", "cursor"}:
                continue
            assert filtered.endswith("_id") or filtered in SPANS | WORDS, f"{name} has a filter {filtered}"
            if filtered.endswith("_id") or filtered in SPANS:
                shape = {each: schema.get(each) for each in ("type", "format", "pattern")}
                assert known.setdefault(filtered, shape) == shape
