"""What Stripe refuses, the stand-in refuses: in its words, its codes and its shape."""

import pytest
import requests
import stripe

from tests.providers.shop import Shop
from tests.standins import STRIPE, Providers

GOOD = {"amount": "4500", "currency": "eur"}


def error_of(answer: requests.Response) -> dict[str, str]:
    return dict(answer.json()["error"])


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"automatic_payment_methods[on]": "true"}, "parameter_unknown", "automatic_payment_methods[on]"),
        ({"automatic_payment_methods[enabled]": "yes"}, None, "automatic_payment_methods[enabled]"),
        ({"automatic_payment_methods": "true"}, "parameter_invalid_object", "automatic_payment_methods"),
        ({"payment_method_types[]": "card"}, "payment_method_types_no_longer_supported", "payment_method_types"),
        ({"amount": "45.00"}, "parameter_invalid_integer", "amount"),
        ({"amount": ""}, "parameter_invalid_empty", "amount"),
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"amount": "49"}, "amount_too_small", "amount"),
        ({"amount": "100000000"}, "amount_too_large", "amount"),
        ({"currency": "xxx"}, None, "currency"),
        ({"currency": "ngn", "amount": "10000"}, "amount_too_small", "amount"),
        ({"currency": "kwd", "amount": "1001"}, None, "amount"),
        ({"capture_method": "later"}, None, "capture_method"),
        ({"receipt_email": "nobody"}, "email_invalid", "receipt_email"),
        ({"expand[]": "customer.sources"}, None, "expand"),
        ({"metadata[a]": "x" * 501}, None, "metadata[a]"),
        ({f"metadata[{'k' * 41}]": "x"}, None, f"metadata[{'k' * 41}]"),
        ({f"metadata[k{n}]": "x" for n in range(51)}, None, "metadata"),
        ({"return_url": "https://example.com"}, "parameter_unknown", "return_url"),
        ({"customer": "cus_1"}, "standin_unsupported", "customer"),
    ],
)
def test_what_makes_no_intent(raw: Shop, changes: dict[str, str], code: str | None, param: str) -> None:
    answer = raw.ask("POST", "/payment_intents", data=GOOD | changes)
    error = error_of(answer)
    assert (answer.status_code, error["type"], error.get("code"), error["param"]) == (
        *(400, "invalid_request_error", code, param),
    )


@pytest.mark.parametrize("left_out", ["amount", "currency"])
def test_what_an_intent_needs(raw: Shop, left_out: str) -> None:
    answer = raw.ask("POST", "/payment_intents", data={name: GOOD[name] for name in GOOD if name != left_out})
    assert error_of(answer)["code"] == "parameter_missing"
    assert error_of(answer)["message"] == f"Missing required param: {left_out}."


def test_two_ways_to_choose_methods_exclude_each_other(raw: Shop) -> None:
    both = {"automatic_payment_methods[enabled]": "true", "allowed_payment_method_types[]": "card"}
    assert error_of(raw.ask("POST", "/payment_intents", data=GOOD | both))["code"] == "parameters_exclusive"


def test_json_is_not_taken(raw: Shop) -> None:
    answer = raw.ask("POST", "/payment_intents", json={"amount": 4500, "currency": "eur"})
    assert "application/x-www-form-urlencoded" in error_of(answer)["message"]


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("", 401, None), ("sk_test_other", 401, None), (STRIPE.public_key, 403, "secret_key_required")],
)
def test_who_may_not_ask(providers: Providers, key: str, status: int, code: str | None) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = requests.get(f"{providers.stripe_base}/v1/charges", headers=headers, timeout=5)
    assert (answer.status_code, error_of(answer).get("code")) == (status, code)
    assert not key or key not in answer.text


def test_the_key_may_come_as_a_name_without_password(providers: Providers) -> None:
    answer = requests.get(f"{providers.stripe_base}/v1/charges", auth=(STRIPE.secret_keys[0], ""), timeout=5)
    assert answer.json() == {"object": "list", "url": "/v1/charges", "has_more": False, "data": []}


def test_another_account_is_out_of_reach(raw: Shop) -> None:
    answer = raw.ask("GET", "/charges", headers={"Stripe-Account": "acct_other"})
    assert (answer.status_code, error_of(answer)["code"]) == (403, "account_invalid")
    assert raw.ask("GET", "/charges", headers={"Stripe-Account": STRIPE.id}).status_code == 200


@pytest.mark.parametrize(
    ("version", "status"), [("2026-10-28.endive", 200), ("2025-10-29.clover", 400), ("latest", 400)]
)
def test_versions(raw: Shop, version: str, status: int) -> None:
    answer = raw.ask("GET", "/charges", headers={"Stripe-Version": version})
    assert answer.status_code == status
    assert answer.headers["Request-Id"].startswith("req_")
    if status == 200:
        assert answer.headers["Stripe-Version"] == version


def test_the_client_asks_in_a_version_that_the_stand_in_speaks(client: stripe.StripeClient) -> None:
    last = client.v1.charges.list().last_response
    assert last
    assert last.headers["Stripe-Version"] == "2026-10-28.endive"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/customers"), ("DELETE", "/payment_intents"), ("POST", "/charges"), ("PUT", "/refunds")],
)
def test_what_is_not_stood_in_for_is_said(raw: Shop, method: str, path: str) -> None:
    answer = raw.ask(method, path)
    assert answer.status_code == 404
    assert f"Unrecognized request URL ({method}: /v1{path})" in error_of(answer)["message"]


@pytest.mark.parametrize(
    "path", ["/payment_intents/pi_0", "/charges/ch_0", "/refunds/re_0", "/disputes/du_0", "/events/evt_0"]
)
def test_what_is_not_there_is_missing(raw: Shop, path: str) -> None:
    answer = raw.ask("GET", path)
    assert (answer.status_code, error_of(answer)["code"]) == (404, "resource_missing")


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"limit": "101"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"page": "2"}, "page"),
        ({"starting_after": "ch_0"}, "starting_after"),
    ],
)
def test_what_makes_no_list(raw: Shop, query: dict[str, str], param: str) -> None:
    answer = raw.ask("GET", "/charges", params=query)
    assert (answer.status_code, error_of(answer)["param"]) == (400, param)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "parameter_missing"),
        ({"payment_intent": "pi_0", "charge": "ch_0"}, "parameters_exclusive"),
        ({"payment_intent": "pi_0"}, "resource_missing"),
        ({"payment_intent": "pi_0", "reason": "late"}, None),
        ({"payment_intent": "pi_0", "amount": "-1"}, "parameter_invalid_integer"),
    ],
)
def test_what_makes_no_refund(raw: Shop, body: dict[str, str], code: str | None) -> None:
    assert error_of(raw.ask("POST", "/refunds", data=body)).get("code") == code
