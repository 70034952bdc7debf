"""What operators see of webhooks, and what comes of looking into one again."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from config.transaction import transaction
from domain.accounts.tables import User
from domain.payments.tables import ProviderEvent
from tests.builders import a_user
from tests.flows.desk import Desk, desk
from tests.payments.cashier import PRICE, Cashier, a_cashier
from tests.receivers import until
from tests.standins import signed_for_stripe

PLACE = "/api/system/provider-events"


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


@pytest.fixture
def operator() -> Desk:
    who = a_user("Op")
    with transaction() as session:
        session.execute(update(User).where(User.id == who.user_id).values(is_operator=True))
    return desk(who)


def about(operator: Desk, ref: str, **filters: str) -> list[dict[str, Any]]:
    """Return what is listed about a payment."""
    query = "&".join(f"{name}={value}" for name, value in {"limit": "100", **filters}.items())
    return [each for each in operator.get(f"{PLACE}?{query}").get_json()["data"] if each["payment_ref"] == ref]


@pytest.mark.parametrize("provider", ["stripe", "paystack"])
def test_what_was_heard_is_listed_and_shown_word_for_word(cashier: Cashier, operator: Desk, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    ref = cashier.ref(payment)
    cashier.providers.customer_pays(ref)
    cashier.settled(booking, status="confirmed")
    kind = "payment_intent.succeeded" if provider == "stripe" else "charge.success"
    until(lambda: bool(about(operator, ref, kind=kind, state="applied")), seconds=20)
    (found,) = about(operator, ref, kind=kind)
    assert (found["provider"], found["is_live"], found["business_id"]) == (provider, False, None)
    assert (found["payment_id"], found["outcome"]) == (payment["id"], "the payment is succeeded")
    assert about(operator, ref, kind=kind, state="new") == []
    whole = operator.get(f"{PLACE}/{found['id']}").get_json()
    assert ref in whole.pop("body")
    assert whole == found


def test_a_webhook_that_was_ignored_is_looked_into_again(cashier: Cashier, operator: Desk) -> None:
    cashier.providers.tamper("payment_intent.succeeded", hold=True, times=100)
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    ref = cashier.ref(payment)
    cashier.providers.customer_pays(ref)
    said = {
        "id": f"evt_{ref}",
        "type": "payment_intent.succeeded",
        "data": {"object": {"object": "payment_intent", "id": ref}},
    }
    body = json.dumps(said).encode()
    with cashier.workers.paused():
        signed = {"Stripe-Signature": signed_for_stripe(body, at=int(time.time()))}
        assert (
            cashier.customer.client.post("/api/payments/stripe/webhook", data=body, headers=signed).status_code == 200
        )
        with transaction() as session:
            mine = update(ProviderEvent).where(ProviderEvent.dedupe_key == f"evt_{ref}")
            session.execute(mine.values(state="ignored", outcome="by mistake"))
        (found,) = about(operator, ref, state="ignored")
        answer = operator.post(f"{PLACE}/{found['id']}/replay", None)
        assert (answer.status_code, answer.get_json()["state"], answer.get_json()["outcome"]) == (202, "new", None)
    cashier.settled(booking, status="confirmed")
    until(lambda: bool(about(operator, ref, state="applied")), seconds=20)
    assert operator.post(f"{PLACE}/{found['id']}/replay", None).status_code == 202
    until(lambda: not about(operator, ref, state="new"), seconds=20)
    assert cashier.balance(booking) == PRICE.amount


def test_a_replay_under_one_key_is_one(cashier: Cashier, operator: Desk) -> None:
    cashier.providers.customer_pays(cashier.ref(cashier.ask(cashier.booked(), "stripe")))
    cashier.providers.settle()
    found = operator.get(PLACE).get_json()["data"][0]
    answers = [operator.post(f"{PLACE}/{found['id']}/replay", None, Idempotency_Key="mine") for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    assert [each.headers.get("Idempotency-Replayed") for each in answers] == [None, "true"]


def test_pages_of_webhooks_are_the_newest_first(cashier: Cashier, operator: Desk) -> None:
    cashier.providers.customer_pays(cashier.ref(cashier.ask(cashier.booked(), "stripe")))
    until(lambda: len(operator.get(PLACE).get_json()["data"]) > 1, seconds=20)
    cashier.providers.settle()
    first = operator.get(f"{PLACE}?limit=1").get_json()
    second = operator.get(f"{PLACE}?limit=1&cursor={first['next_cursor']}").get_json()
    both = operator.get(f"{PLACE}?limit=2").get_json()["data"]
    assert [first["data"][0]["id"], second["data"][0]["id"]] == [each["id"] for each in both]
    assert both[0]["id"] > both[1]["id"]


def test_webhooks_are_for_operators_and_unknown_ones_are_not_there(operator: Desk) -> None:
    unknown = f"{PLACE}/pev_01k5e2v8x3q7m9n4p6r0s2t4w6"
    anybody = desk(a_user())
    for path in (PLACE, unknown):
        assert anybody.get(path).get_json()["code"] == "operators_only"
    assert anybody.post(f"{unknown}/replay", None).get_json()["code"] == "operators_only"
    assert operator.get(unknown).status_code == operator.post(f"{unknown}/replay", None).status_code == 404
    assert operator.get(f"{PLACE}?state=lost").status_code == 422
