"""Endpoints that an admin has disabled: sent nothing, told why, and none the worse for it once they are enabled."""

from datetime import timedelta

import pytest
from conftest import Caller
from test_webhook_endpoints import BUSINESS, DELIVERIES, ENDPOINTS, made, told, uuid_of

from config.clock import clock
from domain.kernel.ids import Kind
from domain.webhooks.service import switching
from tests.outbound.hooks import bury_now, follow, happened, replay_now, send_now
from tests.receivers import Receiver
from tests.settled import until_told

pytestmark = pytest.mark.usefixtures("nothing_is_due")


@pytest.fixture
def business(signed_in: Caller) -> str:
    return str(signed_in.post("/api/businesses", BUSINESS).get_json()["id"])


def test_what_is_disabled_is_sent_nothing_and_what_waited_is_dead(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business, types=["booking.*"])
    place = f"{ENDPOINTS}/{new['id']}"
    waiting = signed_in.post(f"{place}/test", None).get_json()
    off = signed_in.post(f"{place}/disable", None).get_json()
    assert (off["state"], off["disabled_reason"], off["version"]) == ("disabled", "asked", 2)
    assert signed_in.post(f"{place}/disable", None).get_json() == off, "it is safe to repeat"

    happened(uuid_of(Kind.BUSINESS, business), "booking.confirmed")
    follow()
    (dead,) = signed_in.get(f"{DELIVERIES}?business_id={business}").get_json()["data"]
    assert (dead["id"], dead["state"], dead["last_error"]) == (waiting["id"], "dead", "endpoint_disabled")
    assert told(signed_in.post(f"{place}/test", None)) == (409, "webhook_endpoint_disabled")


def test_it_is_told_who_has_disabled_it_and_why(signed_in: Caller, business: str) -> None:
    new = made(signed_in, business)
    signed_in.post(f"{ENDPOINTS}/{new['id']}/disable", None)
    until_told(uuid_of(Kind.BUSINESS, business))
    (event,) = signed_in.get(f"/api/events?business_id={business}&types=webhook_endpoint.disabled").get_json()["data"]
    assert (event["data"]["reason"], event["data"]["host"]) == ("asked", "hooks.example")
    (entry,) = signed_in.get(f"/api/audit-entries?business_id={business}&action=webhook_endpoint.disabled").get_json()[
        "data"
    ]
    assert entry["changes"] == {"disabled_reason": {"from": None, "to": "asked", "is_withheld": False}}
    assert entry["actor_id"] == signed_in.get("/api/auth/me").get_json()["id"]


def test_what_happened_meanwhile_comes_when_it_is_asked_for(signed_in: Caller, business: str) -> None:
    with Receiver() as receiver:
        new = made(signed_in, business, url=receiver.url, types=["booking.*"])
        place = f"{ENDPOINTS}/{new['id']}"
        signed_in.post(f"{place}/disable", None)
        happened(uuid_of(Kind.BUSINESS, business), "booking.confirmed")
        follow()
        on = signed_in.post(f"{place}/enable", None).get_json()
        assert (on["state"], on["disabled_reason"]) == ("enabled", None)
        since, until = (f"{clock() + timedelta(minutes=by):%Y-%m-%dT%H:%M:%SZ}" for by in (-1, 1))
        assert signed_in.post(f"{place}/replay", {"since": since, "until": until}).get_json()["deliveries"] == 1
        replay_now()
        send_now()
        assert receiver.names() == ["booking.confirmed"]


def test_it_is_not_enabled_while_much_that_waited_is_not_dead_yet(
    signed_in: Caller, business: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switching, "AT_ONCE", 1)
    new = made(signed_in, business)
    place = f"{ENDPOINTS}/{new['id']}"
    for _ in range(3):
        signed_in.post(f"{place}/test", None)
    assert signed_in.post(f"{place}/disable", None).get_json()["state"] == "disabled"
    refused = signed_in.post(f"{place}/enable", None)
    assert (*told(refused), refused.headers["Retry-After"]) == (409, "webhook_endpoint_clearing", "5")
    bury_now()
    assert signed_in.post(f"{place}/enable", None).get_json()["state"] == "enabled"
    stands = [each["state"] for each in signed_in.get(f"{DELIVERIES}?business_id={business}").get_json()["data"]]
    assert stands == ["dead"] * 3


def test_what_was_disabled_for_another_reason_keeps_it(signed_in: Caller, business: str) -> None:
    with Receiver(410) as receiver:
        new = made(signed_in, business, url=receiver.url)
        place = f"{ENDPOINTS}/{new['id']}"
        signed_in.post(f"{place}/test", None)
        send_now()
        assert signed_in.post(f"{place}/disable", None).get_json()["disabled_reason"] == "gone"
