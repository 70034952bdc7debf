"""Accounts that businesses bring themselves, and what they may do to others: nothing."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from config.clock import clock
from config.local.standins.accounts import Account
from config.local.standins.signing import stripe_signature
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.kernel.jobs import Job
from domain.kernel.plot import ADVANCE
from domain.payments.service.advance import MISSED_OFTEN
from domain.payments.tables import Payment, ProviderEvent
from tests.payments.cashier import Cashier, a_cashier
from tests.payments.test_money_in_trouble import looked_at
from tests.payments.test_own_accounts import OWN, place
from tests.receivers import until
from workers import maintenance

MANY = 40


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def opened(cashier: Cashier) -> Any:  # noqa: ANN401 - JSON
    """Open an account of the shop's own at Stripe."""
    made = cashier.owner.post(place(cashier), OWN).get_json()
    theirs = Account(
        provider="stripe",
        id="acct_salon",
        secret_keys=("sk_test_salon",),
        public_key="pk_test_salon",
        webhook_secrets=("whsec_new",),
        webhook_url=cashier.web + made["webhook_path"],
    )
    cashier.providers.control("PUT", "/accounts", **theirs.model_dump(mode="json"))
    return made


def test_however_much_is_said_of_one_payment_it_is_looked_at_a_few_times(cashier: Cashier) -> None:
    path = opened(cashier)["webhook_path"]
    payment = cashier.ask(cashier.booked(), "stripe")
    until(lambda: not cashier.workers.once(), seconds=20)
    before = len(cashier.providers.calls("GET", "*/v1/payment_intents/*"))
    with cashier.workers.paused():
        for number in range(MANY):
            about = {"object": "payment_intent", "id": cashier.ref(payment)}
            event = {"id": f"evt_{number}", "type": "payment_intent.processing", "data": {"object": about}}
            body = json.dumps(event).encode()
            headers = {"Stripe-Signature": stripe_signature(body, ("whsec_new",), int(time.time()))}
            assert cashier.customer.client.post(path, data=body, headers=headers).status_code == 200
    until(lambda: not cashier.workers.once(), seconds=20)
    with transaction() as session:
        about_it = select(func.count()).where(ProviderEvent.payment_id == parsed(Kind.PAYMENT, payment["id"]))
        assert session.scalars(about_it.where(ProviderEvent.state == "applied")).one() >= MANY
        left = select(func.count()).where(ProviderEvent.payment_ref == cashier.ref(payment))
        assert session.scalars(left.where(ProviderEvent.state == "new")).one() == 0
    assert len(cashier.providers.calls("GET", "*/v1/payment_intents/*")) - before <= 3


def test_what_was_made_with_the_keys_of_another_account_fails_and_is_made_anew(cashier: Cashier) -> None:
    account = opened(cashier)
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    other = Account(
        provider="stripe",
        id="acct_other",
        secret_keys=("sk_test_other",),
        public_key="pk_test_other",
        webhook_secrets=("whsec_other",),
        webhook_url=cashier.web + account["webhook_path"],
    )
    cashier.providers.control("PUT", "/accounts", **other.model_dump(mode="json"))
    keys = {"secret_key": "sk_test_other", "public_key": "pk_test_other", "webhook_secrets": ["whsec_other"]}
    changed = cashier.owner.client.patch(
        f"{place(cashier)}/{account['id']}", json=keys, headers=cashier.owner.signed | {"If-Match": "*"}
    )
    assert changed.status_code == 200
    with transaction() as session:
        due = session.get_one(Payment, parsed(Kind.PAYMENT, payment["id"])).next_look_at
    assert due is not None
    assert due <= clock()
    for _ in range(MISSED_OFTEN):
        looked_at(cashier)
    failed = cashier.payment(payment)
    assert (failed["state"], failed["failure_code"]) == ("failed", "resource_missing")
    again = cashier.ask(booking, "stripe")
    assert (again["id"] != payment["id"], again["publishable_key"]) == (True, "pk_test_other")
    cashier.providers.customer_pays(cashier.ref(again))
    assert cashier.settled(booking, status="confirmed")["payment_status"] == "paid"


def test_a_look_that_fails_again_and_again_is_one_job(cashier: Cashier, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = cashier.ask(cashier.booked(), "stripe")
    payment_id = parsed(Kind.PAYMENT, payment["id"])
    until(lambda: not cashier.workers.once(), seconds=20)

    def fails(*_: object, **__: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr("workers.payments.payments.settle", fails)
    for _ in range(3):
        with transaction() as session:
            soon = {"next_look_at": clock() - timedelta(seconds=1)}
            session.execute(update(Payment).where(Payment.id == payment_id).values(soon))
        maintenance.look_at_money()
        cashier.workers.once()
    with transaction() as session:
        ready = select(func.count()).where(Job.kind == ADVANCE, Job.ref_id == payment_id, Job.state == "ready")
        assert session.scalars(ready).one() == 1
