"""Transactions at Paystack: begun by the shop, paid by the stand-in's customer, looked up and listed."""

from typing import Any

import pytest
import requests

from tests.providers.shop import Shop
from tests.receivers import Receiver
from tests.standins import Providers


def verified(paystack: Shop, reference: str) -> dict[str, Any]:
    answer = paystack.ask("GET", f"/transaction/verify/{reference}")
    assert (answer.status_code, answer.json()["message"]) == (200, "Verification successful")
    return dict(answer.json()["data"])


def test_a_transaction_leads_to_a_page_and_waits(paystack: Shop) -> None:
    begun = paystack.begun("pay-1", metadata={"booking_id": "bkg_1"}, currency="NGN", channels=["card"])
    assert begun["reference"] == "pay-1"
    assert begun["authorization_url"].endswith(begun["access_code"])
    assert requests.get(begun["authorization_url"], timeout=5).status_code == 200
    waiting = verified(paystack, "pay-1")
    assert (waiting["status"], waiting["amount"], waiting["paid_at"]) == ("abandoned", 450_000, None)
    assert waiting["metadata"] == {"booking_id": "bkg_1"}


def test_a_payment_is_told_by_a_webhook_without_id_or_time(paystack: Shop, providers: Providers, web: Receiver) -> None:
    paystack.begun("pay-1")
    providers.customer_pays("pay-1")
    paid = verified(paystack, "pay-1")
    assert (paid["status"], paid["amount"], paid["fees"], paid["domain"]) == ("success", 450_000, 16_750, "test")
    assert web.named("charge.success").event == {"event": "charge.success", "data": paid}
    by_id = paystack.ask("GET", f"/transaction/{paid['id']}")
    assert (by_id.json()["message"], by_id.json()["data"]) == ("Transaction retrieved", paid)


def test_a_failed_attempt_is_no_end_and_is_rarely_told(paystack: Shop, providers: Providers, web: Receiver) -> None:
    paystack.begun("pay-1")
    providers.card_is_declined("pay-1")
    assert (verified(paystack, "pay-1")["status"], web.got) == ("failed", [])
    providers.dispose(paystack_charge_failed=True)
    providers.card_is_declined("pay-1")
    assert web.named("charge.failed").event["data"]["status"] == "failed"
    providers.customer_pays("pay-1")
    assert verified(paystack, "pay-1")["status"] == "success"


@pytest.mark.parametrize(("begin", "status"), [("challenge", "ongoing"), ("slow", "pending")])
@pytest.mark.parametrize(("end", "result"), [("succeed", "success"), ("fail", "failed")])
def test_a_payment_under_way(
    paystack: Shop, providers: Providers, begin: str, status: str, end: str, result: str
) -> None:
    paystack.begun("pay-1")
    providers.act("pay-1", begin)
    assert verified(paystack, "pay-1")["status"] == status
    providers.days_later("pay-1", end)
    assert verified(paystack, "pay-1")["status"] == result


def test_a_customer_may_walk_away(paystack: Shop, providers: Providers) -> None:
    paystack.begun("pay-1")
    providers.bank_asks("pay-1")
    providers.act("pay-1", "abandon")
    assert verified(paystack, "pay-1")["status"] == "abandoned"


def test_a_customer_may_bear_the_fees_or_pay_another_sum(paystack: Shop, providers: Providers) -> None:
    providers.dispose(paystack_customer_bears_fees=True)
    for reference, wish, paid in (("pay-1", {}, 466_750), ("pay-2", {"amount": 100}, 100)):
        paystack.begun(reference)
        providers.customer_pays(reference, **wish)
        found = verified(paystack, reference)
        assert (found["amount"], found["requested_amount"]) == (paid, 450_000)


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        ("as_sent", {"a": "b"}),
        ("object", {"a": "b"}),
        ("string", '{"a": "b"}'),
        ("empty", ""),
        ("zero", 0),
        ("null", None),
    ],
)
def test_metadata_comes_back_in_many_shapes(
    paystack: Shop, providers: Providers, web: Receiver, shape: str, shown: object
) -> None:
    providers.dispose(paystack_metadata=shape)
    paystack.begun("pay-1", metadata='{"a": "b"}')
    providers.customer_pays("pay-1")
    assert verified(paystack, "pay-1")["metadata"] == shown
    assert web.named("charge.success").event["data"]["metadata"] == shown


def test_transactions_are_listed_page_by_page(paystack: Shop, providers: Providers) -> None:
    for day in (1, 2, 3):
        providers.control("PUT", "/clock", now=f"2026-03-0{day}T12:00:00Z")
        paystack.begun(f"pay-{day}")
    providers.customer_pays("pay-2")

    def listed(**query: str) -> tuple[list[str], dict[str, int]]:
        answer = paystack.ask("GET", "/transaction", params=query).json()
        return [row["reference"] for row in answer["data"]], answer["meta"]

    assert listed()[0] == ["pay-3", "pay-2", "pay-1"]
    assert listed(perPage="2", page="2") == (
        ["pay-1"],
        {"total": 3, "total_volume": 1_350_000, "skipped": 2, "perPage": 2, "page": 2, "pageCount": 2},
    )
    assert listed(status="success")[0] == ["pay-2"]
    assert listed(**{"from": "2026-03-02", "to": "2026-03-02T12:00:00.000Z"})[0] == ["pay-2"]


def test_a_reference_is_good_once(paystack: Shop) -> None:
    paystack.begun("pay-1")
    again = paystack.ask(
        "POST", "/transaction/initialize", json={"email": "a@b.co", "amount": 5000, "reference": "pay-1"}
    )
    assert (again.status_code, again.json()) == (
        400,
        {
            "status": False,
            "message": "Duplicate Transaction Reference",
            "meta": {"nextStep": "Try and create the Transaction or Charge with a new reference"},
            "type": "validation_error",
            "code": "duplicate_reference",
        },
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": None}, "Invalid Email Address Passed"),
        ({"email": "nobody"}, "Invalid Email Address Passed"),
        ({"amount": 0}, "Invalid Amount Sent"),
        ({"amount": 45.5}, "Invalid Amount Sent"),
        ({"amount": True}, "Invalid Amount Sent"),
        ({"amount": "45.50"}, "Invalid Amount Sent"),
        ({"amount": 4999}, "Invalid Amount Sent"),
        ({"currency": "EUR"}, "Currency not supported by merchant"),
        ({"reference": "pay_1"}, "Invalid character in transaction reference"),
        ({"callback_url": "here"}, '"callback_url" must be a valid uri'),
        ({"colour": "red"}, '"colour" is not allowed'),
        ({"plan": "PLN_1"}, "The stand-in for Paystack cannot do what `plan` asks for; the real one could."),
    ],
)
def test_what_makes_no_transaction(paystack: Shop, changes: dict[str, Any], message: str) -> None:
    body = {"email": "ada@example.com", "amount": 450_000} | changes
    answer = paystack.ask("POST", "/transaction/initialize", json=body)
    assert (answer.status_code, answer.json()["status"], answer.json()["message"]) == (400, False, message)


@pytest.mark.parametrize("currency", ["NGN", "GHS", "ZAR", "KES", "USD", "XOF"])
def test_amounts_may_be_text_and_a_form_will_do(paystack: Shop, currency: str) -> None:
    form = {"email": "ada@example.com", "amount": "450000", "currency": currency}
    assert paystack.ask("POST", "/transaction/initialize", data=form).status_code == 200


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "No Authorization Header was found"),
        ("sk_test_paystack", "Format is Authorization: Bearer [secret key]"),
        ("Bearer sk_test_other", "Invalid key"),
        ("Bearer pk_test_paystack", "Invalid key"),
    ],
)
def test_who_may_not_ask(providers: Providers, header: str, message: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = requests.get(f"{providers.paystack_base}/transaction", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (401, message)


def test_live_and_test_transactions_do_not_see_each_other(paystack: Shop, providers: Providers) -> None:
    paystack.begun("pay-1")
    live = Shop(providers.paystack_base, "sk_live_paystack")
    assert live.ask("GET", "/transaction/verify/pay-1").json()["code"] == "transaction_not_found"
    assert live.begun("pay-1")["reference"] == "pay-1"
    assert verified(live, "pay-1")["domain"] == "live"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/transaction/verify/none", 400),
        ("/transaction/1", 404),
        ("/transaction/pay-1", 400),
        ("/transaction?use_cursor=true", 400),
        ("/transaction?from=today", 400),
        ("/refund/1", 404),
        ("/dispute/1", 404),
        ("/customer", 404),
    ],
)
def test_what_is_not_there(paystack: Shop, path: str, status: int) -> None:
    answer = paystack.ask("GET", path)
    assert (answer.status_code, answer.json()["status"]) == (status, False)
