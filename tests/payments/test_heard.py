"""What webhooks say that cannot be trusted, or not yet: refused, kept, or looked into later."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import String, select, update

from config.clock import clock
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.kernel.jobs import Job
from domain.payments.tables import Payment, ProviderEvent
from tests.flows.desk import said
from tests.payments.cashier import Cashier, a_cashier
from tests.receivers import until
from tests.standins import signed_for_paystack, signed_for_stripe

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


REFUSED = (400, "malformed_json")
KEPT = (200, "ignored")


@BOTH
@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"{}", KEPT),
        (b'{"id": "evt_x", "type": "new", "event": "new"}', KEPT),
        (b'{"id": 7, "type": ["new"], "event": {}, "data": []}', KEPT),
        (b'{"a": 1, "a": 2}', REFUSED),
        (b"[]", REFUSED),
        (b"\xff\xfe", REFUSED),
        (b"[" * 5000, REFUSED),
        (b'{"a":' * 21 + b"1" + b"}" * 21, REFUSED),
    ],
)
def test_a_signed_webhook_that_makes_no_sense_has_no_effect(
    cashier: Cashier, provider: str, body: bytes, wanted: tuple[int, str]
) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.settle()
    until(lambda: all(state != "new" for _, state in cashier.heard()), seconds=20)
    calls, before = len(cashier.providers.calls()), Counter(cashier.heard())
    name, value = (
        ("Stripe-Signature", signed_for_stripe(body, at=int(time.time())))
        if provider == "stripe"
        else ("X-Paystack-Signature", signed_for_paystack(body))
    )
    with transaction() as session:  # another test may have said the same
        earlier = update(ProviderEvent).where(ProviderEvent.received_at < cashier.began)
        session.execute(earlier.values(dedupe_key=ProviderEvent.id.cast(String)))
    answer = cashier.customer.client.post(f"/api/payments/{provider}/webhook", data=body, headers={name: value})
    if wanted == REFUSED:
        assert said(answer) == REFUSED
        assert Counter(cashier.heard()) == before
    else:
        assert answer.status_code == 200
        until(lambda: [state for _, state in Counter(cashier.heard()) - before] == ["ignored"], seconds=20)
    assert len(cashier.providers.calls()) == calls
    assert (cashier.look(booking)["status"], cashier.payment(payment)["state"]) == ("awaiting_payment", "open")


@BOTH
def test_a_webhook_that_is_not_signed_is_refused_and_not_kept(cashier: Cashier, provider: str) -> None:
    body = json.dumps({"id": "evt_forged", "type": "payment_intent.succeeded"}).encode()
    before = len(cashier.heard())
    old = signed_for_stripe(body, at=int(time.time()) - 301)
    soon = signed_for_stripe(body, at=int(time.time()) + 330)
    for headers in ({}, {"Stripe-Signature": old}, {"Stripe-Signature": soon}, {"X-Paystack-Signature": "0" * 128}):
        answer = cashier.customer.client.post(f"/api/payments/{provider}/webhook", data=body, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_signature")
    large = cashier.customer.client.post(f"/api/payments/{provider}/webhook", data=b"x" * 5_000_000)
    assert large.status_code == 413
    assert len(cashier.heard()) == before


@BOTH
def test_a_webhook_that_is_older_than_our_own_commit_is_looked_into_again(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    ref = cashier.ref(payment)
    with transaction() as session:
        session.execute(update(Payment).where(Payment.provider_ref == ref).values(provider_ref=None))
    cashier.providers.customer_pays(ref)
    cashier.providers.settle()
    until(lambda: any(state == "new" for _, state in cashier.heard()), seconds=20)
    with cashier.workers.paused(), transaction() as session:
        row = update(Payment).where(Payment.id == parsed(Kind.PAYMENT, payment["id"]))
        session.execute(row.values(provider_ref=ref))
        session.execute(update(Job).where(Job.state == "ready").values(lease_until=clock(), leased_by=None))
    cashier.settled(booking, status="confirmed")


def test_a_webhook_about_nothing_of_ours_is_given_up_after_a_while(cashier: Cashier) -> None:
    event = {
        "id": "evt_else",
        "type": "payment_intent.succeeded",
        "data": {"object": {"object": "payment_intent", "id": "pi_x"}},
    }
    body = json.dumps(event).encode()
    headers = {"Stripe-Signature": signed_for_stripe(body, at=int(time.time()))}
    with cashier.workers.paused():
        assert (
            cashier.customer.client.post("/api/payments/stripe/webhook", data=body, headers=headers).status_code == 200
        )
        with transaction() as session:
            mine = update(ProviderEvent).where(ProviderEvent.dedupe_key == "evt_else")
            session.execute(mine.values(received_at=clock() - timedelta(hours=2)))

    def state() -> str | None:
        with transaction() as session:
            return session.scalar(select(ProviderEvent.state).where(ProviderEvent.dedupe_key == "evt_else"))

    until(lambda: state() == "ignored", seconds=20)
