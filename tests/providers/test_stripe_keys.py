"""Idempotency keys at Stripe: a request that is repeated is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import stripe

from tests.providers.shop import Shop
from tests.receivers import until
from tests.standins import Providers

GOOD = {"amount": "4500", "currency": "eur"}
INTENTS = "/v1/payment_intents"


def post(raw: Shop, key: str, path: str = "/payment_intents", **data: str) -> requests.Response:
    return raw.ask("POST", path, data=data or GOOD, headers={"Idempotency-Key": key})


def test_the_same_request_gets_the_same_answer(raw: Shop, providers: Providers) -> None:
    first, second = post(raw, "k"), post(raw, "k")
    assert second.text == first.text
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert len(providers.applied("POST", INTENTS, key="k")) == 1
    assert [call["replayed"] for call in providers.calls("POST", INTENTS, key="k")] == [False, True]
    assert len(providers.objects("payment_intent")) == 1


@pytest.mark.parametrize(
    ("path", "data"), [("/payment_intents", GOOD | {"amount": "4501"}), ("/refunds", {"payment_intent": "pi_0"})]
)
def test_another_request_is_refused(raw: Shop, path: str, data: dict[str, str]) -> None:
    post(raw, "k")
    answer = post(raw, "k", path, **data)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")


def test_the_client_calls_it_by_its_name(client: stripe.StripeClient) -> None:
    client.v1.payment_intents.create({"amount": 4500, "currency": "eur"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters they were first used with"):
        client.v1.payment_intents.create({"amount": 4501, "currency": "eur"}, {"idempotency_key": "k"})


def test_a_refusal_of_what_was_tried_is_the_answer_for_ever(raw: Shop, providers: Providers) -> None:
    intent = post(raw, "k").json()
    early = post(raw, "refund", "/refunds", payment_intent=intent["id"])
    providers.customer_pays(intent["id"])
    late = post(raw, "refund", "/refunds", payment_intent=intent["id"])
    assert (late.status_code, late.headers["Idempotent-Replayed"]) == (400, "true")
    assert late.json()["error"]["message"] == early.json()["error"]["message"]
    assert post(raw, "refund again", "/refunds", payment_intent=intent["id"]).status_code == 200


def test_a_request_that_made_no_sense_used_no_key(raw: Shop) -> None:
    assert post(raw, "k", amount="4500").status_code == 400
    assert post(raw, "k").status_code == 200


def test_a_key_in_use_is_told_so(raw: Shop, providers: Providers) -> None:
    providers.fail("hang", path=INTENTS, seconds=3)
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(_quietly(raw)))
    first.start()
    until(lambda: len(providers.calls("POST", INTENTS)) == 1)
    second = post(raw, "k")
    assert (second.status_code, second.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    assert second.headers["Stripe-Should-Retry"] == "true"
    first.join()


def _quietly(raw: Shop) -> str:
    try:
        return post(raw, "k").text
    except requests.RequestException as error:
        return type(error).__name__


def test_a_key_is_forgotten_after_a_day(raw: Shop, providers: Providers) -> None:
    first = post(raw, "k").json()
    providers.control("PUT", "/clock", forward=86_300)
    assert post(raw, "k").json()["id"] == first["id"]
    providers.control("PUT", "/clock", forward=101)
    assert post(raw, "k").json()["id"] != first["id"]


def test_keys_of_live_and_test_mode_are_apart(raw: Shop, providers: Providers) -> None:
    live = Shop(f"{providers.stripe_base}/v1", "sk_live_stripe")
    assert post(raw, "k").json()["id"] != post(live, "k").json()["id"]


def test_of_twenty_at_once_one_is_done(raw: Shop, providers: Providers) -> None:
    providers.fail("hang", path=INTENTS, seconds=0.3)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(raw, "k"), range(20)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(providers.applied("POST", INTENTS, key="k")) == 1
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
