"""Webhook endpoints over HTTP: secrets told once, URLs that cannot be sent to refused, deliveries looked at and sent again."""

from datetime import timedelta
from typing import Any

import pytest
from conftest import Caller
from sqlalchemy import update
from werkzeug.test import TestResponse

from config.clock import clock
from config.sealing import unseal
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.webhooks.service import endpoint, replays
from domain.webhooks.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.outbound.hooks import follow, happened, replay_now, send_now
from tests.receivers import Receiver
from tests.settled import until_told

pytestmark = pytest.mark.usefixtures("nothing_is_due")

BUSINESS = {"name": "Ada's Salon", "timezone": "Africa/Lagos", "currency": "NGN"}
ENDPOINTS = "/api/webhook-endpoints"
DELIVERIES = "/api/webhook-deliveries"


@pytest.fixture
def business(signed_in: Caller) -> str:
    return str(signed_in.post("/api/businesses", BUSINESS).get_json()["id"])


def made(caller: Caller, business: str, **more: object) -> dict[str, Any]:
    answer = caller.post(ENDPOINTS, {"business_id": business, "url": "https://hooks.example/till"} | more)
    assert answer.status_code == 201, answer.get_json()
    body: dict[str, Any] = answer.get_json()
    return body


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json().get("code", "")


def uuid_of(kind: Kind, shown: str) -> Any:  # noqa: ANN401 - a UUID, or none
    return parsed(kind, shown)


def test_a_secret_is_told_when_it_is_made_and_never_again(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business, types=["booking.*", "payment.succeeded"], description="Till")
    shown = signed_in.get(f"{ENDPOINTS}/{new['id']}").get_json()
    with transaction() as session:
        row = session.get_one(WebhookEndpoint, uuid_of(Kind.WEBHOOK_ENDPOINT, new["id"]))

    assert new["secret"].startswith("whsec_")
    assert shown == {name: value for name, value in new.items() if name != "secret"}
    assert signed_in.get(f"{ENDPOINTS}?business_id={business}").get_json()["data"] == [shown]
    assert new["secret"].encode() not in row.secret
    assert unseal(row.secret, row.id.bytes) == new["secret"]
    assert (shown["types"], shown["state"], shown["version"]) == (["booking.*", "payment.succeeded"], "enabled", 1)


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://user@hooks.example/", "ftp://hooks.example/", "x"])
def test_a_url_that_nothing_can_be_sent_to_is_refused(signed_in: Caller, business: str, url: str) -> None:
    new = made(signed_in, business)
    created = signed_in.post(ENDPOINTS, {"business_id": business, "url": url})
    changed = signed_in.patch(f"{ENDPOINTS}/{new['id']}", {"url": url})

    assert told(created) == told(changed) == (422, "url_refused")
    assert created.get_json()["errors"][0]["pointer"] == "/url"


@pytest.mark.parametrize("types", [["booking"], ["*"], ["booking.none"], ["Booking.*"], [""]])
def test_types_that_there_are_not_are_refused(signed_in: Caller, business: str, types: list[str]) -> None:
    answer = signed_in.post(ENDPOINTS, {"business_id": business, "url": "https://hooks.example/", "types": types})
    assert told(answer) == (422, "invalid")


def test_a_business_has_so_many_endpoints_at_most(
    signed_in: Caller, business: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "MOST", 2)
    first, _ = made(signed_in, business), made(signed_in, business)
    refused = signed_in.post(ENDPOINTS, {"business_id": business, "url": "https://hooks.example/"})
    signed_in.delete(f"{ENDPOINTS}/{first['id']}")

    assert told(refused) == (409, "too_many_webhook_endpoints")
    made(signed_in, business)


def test_what_is_changed_raises_the_version_and_a_stale_one_is_refused(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business)
    place = f"{ENDPOINTS}/{new['id']}"
    changed = signed_in.patch(place, {"types": ["booking.*"], "description": "Door"}, If_Match='"v1"')
    stale = signed_in.patch(place, {"types": []}, If_Match='"v1"')
    same = signed_in.patch(place, {"types": ["booking.*"]})

    assert (changed.get_json()["types"], changed.get_json()["version"]) == (["booking.*"], 2)
    assert told(stale) == (412, "stale_version")
    assert same.get_json()["version"] == 2


def test_a_rotation_tells_another_secret_and_until_when_the_old_one_is_good(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business)
    rotated = signed_in.post(f"{ENDPOINTS}/{new['id']}/rotate-secret", None).get_json()
    with transaction() as session:
        row = session.get_one(WebhookEndpoint, uuid_of(Kind.WEBHOOK_ENDPOINT, new["id"]))

    assert rotated["secret"] != new["secret"]
    assert row.previous_secret
    assert unseal(row.previous_secret, row.id.bytes) == new["secret"]
    assert row.previous_until
    assert timedelta(hours=23) < row.previous_until - clock() <= timedelta(hours=24)


def test_a_deleted_endpoint_is_gone_with_its_secrets_and_what_waited_is_dead(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business)
    waiting = signed_in.post(f"{ENDPOINTS}/{new['id']}/test", None).get_json()
    assert signed_in.delete(f"{ENDPOINTS}/{new['id']}").status_code == 204

    for answer in (signed_in.get(f"{ENDPOINTS}/{new['id']}"), signed_in.delete(f"{ENDPOINTS}/{new['id']}")):
        assert told(answer) == (404, "not_found")
    dead = signed_in.get(f"{DELIVERIES}/{waiting['id']}").get_json()
    assert (dead["state"], dead["last_error"]) == ("dead", "endpoint_disabled")
    assert told(signed_in.post(f"{DELIVERIES}/{waiting['id']}/redeliver", None)) == (409, "webhook_endpoint_disabled")
    with transaction() as session:
        assert session.get_one(WebhookEndpoint, uuid_of(Kind.WEBHOOK_ENDPOINT, new["id"])).secret == b""


def test_a_test_arrives_and_its_delivery_shows_what_was_answered(signed_in: Caller, business: str) -> None:
    with Receiver(500) as receiver:
        new = made(signed_in, business, url=receiver.url)
        waiting = signed_in.post(f"{ENDPOINTS}/{new['id']}/test", None, X_Request_Id="trying")
        place = waiting.headers["Location"]
        before = signed_in.get(place).get_json()
        send_now()
        failed = signed_in.get(place).get_json()
        again = signed_in.post(f"{place}/redeliver", None)
        send_now()
        delivered = signed_in.get(place).get_json()

    assert (waiting.status_code, before["state"], before["tries"]) == (202, "due", [])
    assert (failed["state"], failed["last_error"]) == ("due", "status 500")
    assert again.status_code == 202
    assert (delivered["state"], delivered["attempts"]) == ("delivered", 2)
    assert [(each["number"], each["status"], each["error"]) for each in delivered["tries"]] == [
        (1, 500, "status"),
        (2, 200, None),
    ]
    sent = receiver.got[1].event
    assert delivered["body"] == receiver.got[1].body.decode()
    assert (sent["type"], sent["data"]["id"]) == ("webhook_endpoint.test", delivered["event_id"])
    assert (sent["data"]["subject"]["id"], sent["data"]["request_id"]) == (new["id"], "trying")


def test_of_many_tries_the_last_are_shown(signed_in: Caller, business: str) -> None:
    waiting = signed_in.post(f"{ENDPOINTS}/{made(signed_in, business)['id']}/test", None)
    delivery_id = uuid_of(Kind.WEBHOOK_DELIVERY, waiting.get_json()["id"])
    with transaction() as session:
        session.add_all(
            WebhookAttempt(delivery_id=delivery_id, number=number, at=clock(), answer=b"x" * 65_536)
            for number in range(1, 31)
        )
    shown = signed_in.get(waiting.headers["Location"])
    assert [each["number"] for each in shown.get_json()["tries"]] == [*range(11, 31)]


def test_deliveries_are_listed_by_endpoint_state_and_type(signed_in: Caller, business: str) -> None:
    first, second = made(signed_in, business), made(signed_in, business)
    for each in (first, first, second):
        signed_in.post(f"{ENDPOINTS}/{each['id']}/test", None)
    mine = f"{DELIVERIES}?business_id={business}&type=webhook_endpoint.test"
    page = signed_in.get(f"{mine}&limit=2").get_json()
    rest = signed_in.get(f"{mine}&limit=2&cursor={page['next_cursor']}").get_json()

    assert [each["endpoint_id"] for each in page["data"] + rest["data"]] == [second["id"], first["id"], first["id"]]
    assert len(signed_in.get(f"{mine}&endpoint_id={first['id']}").get_json()["data"]) == 2
    assert len(signed_in.get(f"{mine}&state=due").get_json()["data"]) == 3
    assert signed_in.get(f"{mine}&state=dead").get_json()["data"] == []


def test_what_happened_in_some_time_is_replayed_with_the_ids_that_it_had(signed_in: Caller, business: str) -> None:
    business_id = uuid_of(Kind.BUSINESS, business)
    with Receiver() as receiver:
        happened(business_id, "booking.requested")  # before there was an endpoint
        new = made(signed_in, business, url=receiver.url, types=["booking.*"])
        happened(business_id, "booking.confirmed", "service.created")
        until_told(business_id)
        follow()
        send_now()
        since, until = (clock() + timedelta(minutes=each) for each in (-5, 5))
        asked = {"since": f"{since:%Y-%m-%dT%H:%M:%SZ}", "until": until.isoformat()}  # as events show it
        answer = signed_in.post(f"{ENDPOINTS}/{new['id']}/replay", asked)
        replay_now()
        send_now()

    assert (answer.status_code, answer.get_json()["deliveries"]) == (202, 2)
    arrived = [(got.name, got.headers["webhook-id"]) for got in receiver.got]
    assert sorted(name for name, _ in arrived) == ["booking.confirmed", "booking.confirmed", "booking.requested"]
    assert len({webhook_id for name, webhook_id in arrived if name == "booking.confirmed"}) == 1


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"), ("2026-03-01T00:00:00Z", "2026-04-02T00:00:00Z")],
)
def test_a_time_that_makes_no_sense_is_not_replayed(signed_in: Caller, business: str, since: str, until: str) -> None:
    place = f"{ENDPOINTS}/{made(signed_in, business)['id']}/replay"
    assert told(signed_in.post(place, {"since": since, "until": until})) == (422, "invalid")


def test_more_than_one_replay_holds_is_refused(
    signed_in: Caller, business: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "MOST_REPLAYED", 1)
    new = made(signed_in, business, types=["booking.*"])
    happened(uuid_of(Kind.BUSINESS, business), "booking.confirmed", "booking.completed")
    until = f"{clock() + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    since = f"{clock() - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    answer = signed_in.post(f"{ENDPOINTS}/{new['id']}/replay", {"since": since, "until": until})

    assert told(answer) == (422, "replay_too_large")


def test_a_disabled_endpoint_is_sent_nothing_until_it_is_enabled(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business, types=["booking.*"])
    place = f"{ENDPOINTS}/{new['id']}"
    with transaction() as session:
        gone = update(WebhookEndpoint).where(WebhookEndpoint.id == uuid_of(Kind.WEBHOOK_ENDPOINT, new["id"]))
        session.execute(gone.values(state="disabled", disabled_reason="gone", failing_since=clock()))
    refused = signed_in.post(f"{place}/test", None)
    enabled = signed_in.post(f"{place}/enable", None).get_json()
    again = signed_in.post(f"{place}/enable", None).get_json()

    assert told(refused) == (409, "webhook_endpoint_disabled")
    assert (enabled["state"], enabled["disabled_reason"], enabled["failing_since"]) == ("enabled", None, None)
    assert again == enabled


def test_what_is_being_sent_is_not_sent_again_meanwhile(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business)
    waiting = signed_in.post(f"{ENDPOINTS}/{new['id']}/test", None).get_json()
    with transaction() as session:
        mine = update(WebhookDelivery).where(WebhookDelivery.id == uuid_of(Kind.WEBHOOK_DELIVERY, waiting["id"]))
        until = clock() + timedelta(minutes=1)
        session.execute(mine.values(state="sending", next_attempt_at=None, leased_by="x", lease_until=until))

    assert told(signed_in.post(f"{DELIVERIES}/{waiting['id']}/redeliver", None)) == (409, "delivery_underway")
