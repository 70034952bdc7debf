"""Events over HTTP: for members, in pages whose cursors are good for one business and always there."""

from typing import Any
from uuid import uuid4

import pytest
from conftest import Caller
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.kernel.events import FeedEpoch
from domain.kernel.ids import Kind, new_id, shown
from domain.kernel.outside import SUBJECTS, outside
from domain.kernel.plot import PLOT
from tests.settled import until_told
from web.fields import PublicId

BUSINESS = {"name": "Ada's Salon", "timezone": "Africa/Lagos", "currency": "NGN"}
READ = PublicId(Kind.BUSINESS, "business")._read  # noqa: SLF001 - the edge's own reading of an id


@pytest.fixture
def business(signed_in: Caller) -> str:
    made = signed_in.post("/api/businesses", BUSINESS, X_Request_Id="opening").get_json()["id"]
    signed_in.post("/api/services", {"business_id": made, "name": "Cut", "duration_minutes": 30})
    until_told(READ(made))
    return str(made)


def feed(caller: Caller, business: str, **asked: Any) -> TestResponse:  # noqa: ANN401 - parameters of the query
    return caller.client.get("/api/events", headers=caller.headers, query_string={"business_id": business, **asked})


def test_a_member_reads_what_has_happened(signed_in: Caller, business: str) -> None:
    body = feed(signed_in, business).get_json()
    opened, offered = body["data"]

    assert (body["object"], body["has_more"]) == ("list", False)
    assert {name: opened[name] for name in ("object", "type", "business_id", "subject", "data", "request_id")} == {
        "object": "event",
        "type": "business.created",
        "business_id": business,
        "subject": {"id": business, "version": 1},
        "data": {},
        "request_id": "opening",
    }
    assert opened["id"].startswith("evt_")
    assert opened["created_at"].endswith("Z")
    assert offered["subject"]["id"].startswith("svc_")


def test_the_cursor_is_always_there_and_leads_on(signed_in: Caller, business: str) -> None:
    first = feed(signed_in, business, limit=1)
    second = feed(signed_in, business, limit=1, after=first.get_json()["next_cursor"])
    nothing = feed(signed_in, business, after=second.get_json()["next_cursor"])

    assert (first.get_json()["has_more"], second.get_json()["has_more"]) == (True, False)
    assert signed_in.get(first.headers["Link"].split(">")[0].lstrip("<")).get_json() == second.get_json()
    assert "Link" not in second.headers
    assert nothing.get_json() == second.get_json() | {"data": []}


def test_types_may_be_repeated_and_changed_under_the_same_cursor(signed_in: Caller, business: str) -> None:
    both = feed(signed_in, business, types=["business.created", "service.created"], limit=1).get_json()
    rest = feed(signed_in, business, types="service.created", after=both["next_cursor"]).get_json()

    assert [each["type"] for each in both["data"] + rest["data"]] == ["business.created", "service.created"]


@pytest.mark.parametrize("asked", [{"types": "booking.confirm"}, {"limit": 0}, {"limit": 1001}, {"types": ""}])
def test_what_makes_no_sense_is_refused(signed_in: Caller, business: str, asked: dict[str, Any]) -> None:
    assert feed(signed_in, business, **asked).status_code == 422


def test_who_is_no_member_is_refused(client: FlaskClient, business: str) -> None:
    whom = {"email": f"{uuid4().hex}@example.com", "password": "correct horse", "name": "Eve"}
    stranger = Caller(client, client.post("/api/auth/register", json=whom).get_json())
    refused, unknown = feed(stranger, business), feed(stranger, shown(Kind.BUSINESS, new_id()))

    assert (refused.status_code, refused.get_json()["code"]) == (403, "members_only")
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "not_found")


def test_a_cursor_is_good_for_its_own_business_only(signed_in: Caller, business: str) -> None:
    cursor = feed(signed_in, business).get_json()["next_cursor"]
    other = signed_in.post("/api/businesses", BUSINESS).get_json()["id"]

    for answer in (feed(signed_in, other, after=cursor), feed(signed_in, business, after=cursor + "A")):
        assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_cursor")
        assert answer.get_json()["errors"][0]["pointer"] == "?after"


def test_a_cursor_of_another_epoch_says_to_begin_again(signed_in: Caller, business: str) -> None:
    cursor = feed(signed_in, business).get_json()["next_cursor"]
    with transaction() as session:
        session.execute(update(FeedEpoch).values(epoch=new_id()))
    answer = feed(signed_in, business, after=cursor)

    assert (answer.status_code, answer.get_json()["code"]) == (410, "feed_restarted")
    assert len(feed(signed_in, business).get_json()["data"]) == 2


def test_every_kind_of_event_is_about_something_that_has_a_public_id() -> None:
    assert {kind.partition(".")[0] for kind in PLOT} == SUBJECTS.keys()


def test_the_ids_in_an_events_data_are_those_that_callers_know() -> None:
    here, there = new_id(), new_id()
    assert outside("resource_id", [str(here), str(there)]) == [shown(Kind.RESOURCE, each) for each in (here, there)]
    assert outside("actor_id", str(here)) == shown(Kind.USER, here)
    assert outside("user_id", None) is None
    assert outside("resource_id", shown(Kind.RESOURCE, here)) == shown(Kind.RESOURCE, here)
    assert outside("starts_at", "2026-03-15T13:00:00Z") == "2026-03-15T13:00:00Z"
