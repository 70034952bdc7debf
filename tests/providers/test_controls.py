"""The controls: strict in what they take, and for this machine alone."""

from pathlib import Path

import pytest
import requests
import stripe

from config.local.standins.server import StandIns
from tests.providers.shop import Shop
from tests.standins import PAYSTACK, STRIPE, Providers


@pytest.mark.parametrize("path", ["/_control/calls", "/", "/stripe/pay/pi_0_secret_0"])
@pytest.mark.parametrize(
    ("host", "status"), [("evil.example", 403), ("10.0.0.1", 403), ("localhost", 0), ("127.0.0.1:1", 0), ("[::1]", 0)]
)
def test_only_a_loopback_name_is_answered_to(providers: Providers, path: str, host: str, status: int) -> None:
    answer = requests.get(providers.url + path, headers={"Host": host}, timeout=5)
    assert (answer.status_code == 403) == bool(status)


def test_another_sites_page_may_not_post(providers: Providers) -> None:
    url = f"{providers.url}/_control/reset"
    assert requests.post(url, headers={"Origin": "http://evil.example"}, timeout=5).status_code == 403
    assert requests.post(url, headers={"Origin": "null"}, timeout=5).status_code == 403
    assert requests.post(url, headers={"Origin": providers.url}, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/failures", {"kind": "explode"}),
        ("POST", "/failures", {"kind": "reset", "whn": "after"}),
        ("POST", "/webhooks/rules", {"copies": 0}),
        ("PATCH", "/knobs", {"stripe_refunds": "perhaps"}),
        ("PUT", "/clock", {"now": "soon"}),
        ("PUT", "/accounts", {"provider": "paypal"}),
        ("POST", "/webhooks/release", {"order": "random"}),
    ],
)
def test_what_makes_no_sense_is_refused(providers: Providers, method: str, path: str, body: dict[str, object]) -> None:
    answer = requests.request(method, f"{providers.url}/_control{path}", json=body, timeout=5)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/stripe/payment_intents/pi_0/pay", 404),
        ("/paystack/transactions/none/pay", 404),
        ("/stripe/customers/cus_0/pay", 404),
        ("/paypal/payments/1/pay", 404),
    ],
)
def test_verbs_need_an_object(providers: Providers, path: str, status: int) -> None:
    assert requests.post(f"{providers.url}/_control{path}", timeout=5).status_code == status


def test_a_verb_that_is_none_or_comes_too_late(client: stripe.StripeClient, providers: Providers) -> None:
    intent = client.v1.payment_intents.create({"amount": 4500, "currency": "eur"})
    url = f"{providers.url}/_control/stripe/payment_intents/{intent.id}"
    assert requests.post(f"{url}/jump", timeout=5).status_code == 404
    providers.customer_pays(intent.id)
    assert requests.post(f"{url}/pay", timeout=5).json()["error"]["code"] == "payment_intent_unexpected_state"


def test_a_reset_forgets_all_but_the_accounts(paystack: Shop, providers: Providers) -> None:
    paystack.begun("pay-1")
    providers.fail("reset")
    providers.tamper(hold=True)
    providers.control("PUT", "/clock", now="2020-01-01T00:00:00Z")
    providers.control("POST", "/reset")
    assert providers.objects("transaction") == providers.calls() == providers.deliveries() == []
    assert providers.control("GET", "/webhooks/rules") == providers.control("GET", "/failures") == {"data": []}
    assert providers.control("GET", "/clock")["now"] > 1_700_000_000
    assert paystack.begun("pay-1")


def test_the_clock_is_the_providers(client: stripe.StripeClient, providers: Providers) -> None:
    providers.control("PUT", "/clock", now="2026-03-15T14:00:00Z")
    intent = client.v1.payment_intents.create({"amount": 4500, "currency": "eur"})
    assert 0 <= intent.created - 1_773_583_200 < 60
    providers.control("DELETE", "/clock")
    assert providers.control("GET", "/clock")["now"] > intent.created


def test_an_account_more(providers: Providers) -> None:
    other = PAYSTACK.model_copy(update={"id": "100002", "secret_keys": ("sk_test_two",), "currencies": ("GHS",)})
    providers.control("PUT", "/accounts", **other.model_dump(mode="json"))
    two = Shop(providers.paystack_base, "sk_test_two")
    assert two.ask("POST", "/transaction/initialize", json={"email": "a@b.co", "amount": 5000}).status_code == 200
    refused = two.ask("POST", "/transaction/initialize", json={"email": "a@b.co", "amount": 5000, "currency": "NGN"})
    assert refused.json()["code"] == "unsupported_currency"
    assert len(two.ask("GET", "/transaction").json()["data"]) == 1
    assert Shop(providers.paystack_base, PAYSTACK.secret_keys[0]).ask("GET", "/transaction").json()["data"] == []


def test_calls_are_written_down_with_what_was_asked(raw: Shop, providers: Providers) -> None:
    raw.ask("POST", "/payment_intents", data={"amount": "1", "currency": "eur"}, headers={"Idempotency-Key": "k"})
    (call,) = providers.calls()
    assert (call["provider"], call["method"], call["path"], call["key"], call["account"]) == (
        *("stripe", "POST", "/v1/payment_intents", "k", STRIPE.id),
    )
    assert (call["params"], call["status"], call["applied"]) == ({"amount": "1", "currency": "eur"}, 400, False)
    assert STRIPE.secret_keys[0] not in str(call)


def test_what_is_kept_in_a_file_is_there_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "standins.sqlite"
    key = {"Idempotency-Key": "k"}
    for _ in range(2):
        with StandIns([STRIPE, PAYSTACK], file=file) as standins:
            raw = Shop(f"{standins.url}/stripe/v1", STRIPE.secret_keys[0])
            answer = raw.ask("POST", "/payment_intents", data={"amount": 4500, "currency": "eur"}, headers=key)
            (intent,) = raw.ask("GET", "/payment_intents").json()["data"]
            assert answer.json()["id"] == intent["id"]
