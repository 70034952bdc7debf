"""What goes wrong when it is told to: on the wire, before a call was applied or after."""

import time
from collections.abc import Callable

import pytest
import requests
import stripe

from tests.providers.shop import Shop
from tests.receivers import until
from tests.standins import PAYSTACK, Providers

INTENTS = "/v1/payment_intents"
GOOD: stripe.params.PaymentIntentCreateParams = {"amount": 4500, "currency": "eur"}


@pytest.fixture
def create(client: stripe.StripeClient) -> Callable[[], stripe.PaymentIntent]:
    """Return what makes an intent under one key, again and again."""
    return lambda: client.v1.payment_intents.create(GOOD, {"idempotency_key": "k"})


@pytest.mark.parametrize(("when", "applied"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("reset", 500, stripe.APIConnectionError),
        ("status", 500, stripe.APIError),
        ("status", 502, stripe.APIError),
        ("status", 429, stripe.RateLimitError),
    ],
)
def test_what_was_lost_can_be_asked_again(
    create: Callable[[], stripe.PaymentIntent],
    providers: Providers,
    when: str,
    applied: int,
    kind: str,
    status: int,
    error: type[stripe.StripeError],
) -> None:
    providers.fail(kind, when=when, path=INTENTS, status=status)
    with pytest.raises(error) as failed:
        create()
    assert failed.value.http_status == (None if kind == "reset" else status)
    assert len(providers.applied("POST", INTENTS, key="k")) == applied
    assert create().status == "requires_payment_method"
    assert len(providers.applied("POST", INTENTS, key="k")) == 1
    assert len(providers.objects("payment_intent")) == 1
    assert providers.calls("POST", INTENTS)[0]["failure"] == f"{kind} {when}"


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_hangs_up_on_a_hanging_call_does_not_undo_it(raw: Shop, providers: Providers, when: str) -> None:
    providers.fail("hang", when=when, path=INTENTS, seconds=3)
    with pytest.raises(requests.Timeout):
        raw.ask("POST", "/payment_intents", data=GOOD, timeout=0.5)
    assert len(providers.applied("POST", INTENTS)) == (when == "after")
    until(lambda: len(providers.applied("POST", INTENTS)) == 1)


def test_half_an_answer_is_none_but_the_work_is_done(
    create: Callable[[], stripe.PaymentIntent], providers: Providers
) -> None:
    providers.fail("truncate", path=INTENTS)
    with pytest.raises(stripe.APIConnectionError):
        create()
    assert len(providers.applied("POST", INTENTS, key="k")) == 1


def test_a_slow_answer_comes(create: Callable[[], stripe.PaymentIntent], providers: Providers) -> None:
    providers.fail("slow", path=INTENTS, seconds=0.5)
    began = time.monotonic()
    assert create().amount == 4500
    assert time.monotonic() - began >= 0.5


def test_an_error_may_stick_to_its_key(create: Callable[[], stripe.PaymentIntent], providers: Providers) -> None:
    providers.fail("status", when="after", path=INTENTS, status=500, sticky=True)
    for _ in range(3):
        with pytest.raises(stripe.APIError) as failed:
            create()
        assert failed.value.http_status == 500
    assert len(providers.objects("payment_intent")) == 1


def test_only_what_matches_fails_as_often_as_was_said(paystack: Shop, providers: Providers) -> None:
    providers.fail("status", provider="paystack", method="GET", path="/transaction/verify/*", times=2, skip=1)
    paystack.begun("pay-1")
    statuses = [paystack.ask("GET", "/transaction/verify/pay-1").status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]
    assert providers.control("GET", "/failures") == {"data": []}


@pytest.mark.parametrize(("when", "applied"), [("before", 0), ("after", 1)])
def test_paystack_fails_as_well(paystack: Shop, providers: Providers, when: str, applied: int) -> None:
    providers.fail("reset", when=when, path="/transaction/initialize")
    with pytest.raises(requests.ConnectionError):
        paystack.begun("pay-1")
    assert len(providers.objects("transaction")) == applied
    providers.fail("status", status=429, retry_after=7)
    busy = paystack.ask("GET", "/transaction")
    assert (busy.status_code, busy.headers["Retry-After"], busy.json()["status"]) == (429, "7", False)


def test_stopping_ends_a_hanging_call(providers: Providers) -> None:
    providers.fail("hang", seconds=60)
    with pytest.raises(requests.Timeout):
        Shop(providers.paystack_base, PAYSTACK.secret_keys[0]).ask("GET", "/transaction", timeout=0.1)
    # The fixture stops the stand-ins now; were the pause not cut short, that would take a minute.
