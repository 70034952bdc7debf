"""Answers that make no sense, or that say no in a way that nobody listed: neither is for ever."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.payments.gateway import Missing, ProviderError, Refused, Unknown
from domain.payments.rules.states import Provider, State
from tests.providers.canned import answering
from tests.providers.tills import Till, refund_of
from tests.standins import Providers

STRIPE_ONLY = pytest.mark.parametrize("till", [Provider.STRIPE], indirect=True, ids=str)
BODIES = {
    "nothing": b"",
    "a page": b"<html>welcome</html>",
    "a list": b"[]",
    "null": b"null",
    "an empty object": b"{}",
    "no text": b"\xff\xfe{}",
    "a pit": b'{"a":' * 100_000,
    "a number too long": b'{"id": ' + b"9" * 5000 + b"}",
    "a yes without anything": b'{"status": true, "data": {}}',
    "a yes about nothing": b'{"status": true, "data": null}',
    "too much": json.dumps({"id": "pi_1", "status": True, "padding": "x" * 1_100_000}).encode(),
    "an intent without its state": b'{"id": "pi_1", "object": "payment_intent", "amount": 1, "currency": "eur"}',
    "another type": b'{"id": {"a": 1}, "status": 7, "currency": [], "data": [1], "amount": "x"}',
}


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_an_answer_that_makes_no_sense_leaves_it_open(till: Till, body: bytes, status: int) -> None:
    with answering(body, status) as base:
        gateway = Till(replace(till.keys, api_base=base)).gateway
        for ask in (lambda: gateway.create(till.order()), lambda: gateway.look("pi_1"), lambda: gateway.cancel("pi_1")):
            with pytest.raises(Unknown):
                ask()


def test_a_packed_answer_is_counted_unpacked(till: Till) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with answering(bomb, Content_Encoding="gzip") as base, pytest.raises(Unknown) as large:
        Till(replace(till.keys, api_base=base)).gateway.look("pi_1")
    assert large.value.code == "answer_too_large"


def test_nobody_is_sent_elsewhere(till: Till, providers: Providers) -> None:
    elsewhere = f"{providers.url}/{till.provider}/v1/payment_intents"
    with answering(b"", 307, Location=elsewhere) as base, pytest.raises(Unknown):
        Till(replace(till.keys, api_base=base)).gateway.create(till.order())
    assert providers.calls() == []


def test_no_proxy_of_the_machine_is_asked(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert till.paid().state is State.SUCCEEDED


KNOWN = {
    Provider.STRIPE: {
        "create": {"amount_too_small", "amount_too_large", "email_invalid"},
        "refund": {"charge_already_refunded", "charge_disputed", "payment_intent_unexpected_state"},
    },
    Provider.PAYSTACK: {
        "create": {"invalid_amount", "unsupported_currency", "invalid_email_address"},
        "refund": {"invalid_amount", "transaction_reversed", "transaction_not_paid"},
    },
}
OTHERS = {"parameter_invalid_integer", "invalid_params", "card_declined", "standin_unsupported", "brand_new_code", ""}
CODES = OTHERS.union(*(codes for calls in KNOWN.values() for codes in calls.values()))


@pytest.mark.parametrize("name", ["create", "refund", "look"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_only_listed_codes_are_for_ever_and_only_of_their_call(till: Till, name: str, code: str) -> None:
    told = {"code": code, "message": "No."}
    error = {"error": told | {"type": "invalid_request_error"} | ({"param": "amount"} if code else {})}
    body = error if till.provider is Provider.STRIPE else {"status": False, **told}
    made = till.gateway.create(till.order())
    with answering(json.dumps(body).encode(), 400) as base:
        gateway = Till(replace(till.keys, api_base=base)).gateway
        calls: dict[str, Callable[[], object]] = {
            "create": lambda: gateway.create(till.order()),
            "refund": lambda: gateway.refund(refund_of(made, 1000, uuid4())),
            "look": lambda: gateway.look(made.ref),
        }
        with pytest.raises(ProviderError) as raised:
            calls[name]()
    assert isinstance(raised.value, Refused) is (code in KNOWN[till.provider].get(name, ()))
    assert isinstance(raised.value, (Refused, Unknown))


@pytest.mark.parametrize(
    ("name", "param", "kind"),
    [
        ("create", "currency", Refused),
        ("create", "amount", Unknown),
        ("refund", "amount", Refused),
        ("refund", "currency", Unknown),
        ("refund", "payment_intent", Unknown),
    ],
)
@STRIPE_ONLY
def test_stripe_names_a_parameter_where_it_has_no_code(
    till: Till, name: str, param: str, kind: type[ProviderError]
) -> None:
    made = till.gateway.create(till.order())
    body = {"error": {"type": "invalid_request_error", "param": param, "message": "No."}}
    with answering(json.dumps(body).encode(), 400) as base:
        gateway = Till(replace(till.keys, api_base=base)).gateway
        calls: dict[str, Callable[[], object]] = {
            "create": lambda: gateway.create(till.order()),
            "refund": lambda: gateway.refund(refund_of(made, 1000, uuid4())),
        }
        with pytest.raises(kind):
            calls[name]()


def test_an_address_that_is_not_the_providers_knows_no_payment(till: Till, providers: Providers) -> None:
    """A wrong base answers 404 to everything; that must not look as if our payments were gone."""
    till = Till(replace(till.keys, api_base=f"{till.keys.api_base}/wrong"), providers)
    with pytest.raises(ProviderError) as raised:
        till.gateway.look("pi_1")
    assert not isinstance(raised.value, Missing)
