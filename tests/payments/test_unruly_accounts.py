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


def swapped(cashier: Cashier, account: Any, name: str) -> None:  # noqa: ANN401 - JSON
    """Give an account other keys, which may be another account's at Stripe."""
    theirs = Account(
        provider="stripe",
        id=f"acct_{name}",
        secret_keys=(f"sk_test_{name}",),
        public_key=f"pk_test_{name}",
        webhook_secrets=("whsec_new",),
        webhook_url=cashier.web + account["webhook_path"],
    )
    cashier.providers.control("PUT", "/accounts", **theirs.model_dump(mode="json"))
    keys = {"secret_key": f"sk_test_{name}", "public_key": f"pk_test_{name}", "webhook_secrets": ["whsec_new"]}
    one = f"{place(cashier)}/{account['id']}"
    assert cashier.owner.client.patch(one, json=keys, headers=cashier.owner.signed).status_code == 200


def test_what_was_made_with_the_keys_of_another_account_is_made_anew_and_fails_in_the_end(cashier: Cashier) -> None:
    account = opened(cashier)
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    swapped(cashier, account, "other")
    looked_at(cashier)
    until(lambda: cashier.payment(payment)["failure_code"] == "resource_missing", seconds=20)
    again = cashier.ask(booking, "stripe")
    assert (again["id"] != payment["id"], again["publishable_key"]) == (True, "pk_test_other")
    assert cashier.payment(payment)["client_secret"] is None
    with transaction() as session:
        an_hour_ago = {"missing_since": clock() - timedelta(hours=1)}
        session.execute(update(Payment).where(Payment.id == parsed(Kind.PAYMENT, payment["id"])).values(an_hour_ago))
    looked_at(cashier)
    until(lambda: cashier.payment(payment)["state"] == "failed", seconds=20)
    cashier.providers.customer_pays(cashier.ref(again))
    assert cashier.settled(booking, status="confirmed")["payment_status"] == "paid"


def test_keys_of_another_account_that_are_taken_back_have_done_no_harm(cashier: Cashier) -> None:
    account = opened(cashier)
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    swapped(cashier, account, "other")
    looked_at(cashier)
    until(lambda: cashier.payment(payment)["failure_code"] == "resource_missing", seconds=20)
    swapped(cashier, account, "salon")
    looked_at(cashier)
    until(lambda: cashier.payment(payment)["failure_code"] is None, seconds=20)
    assert cashier.ask(booking, "stripe")["id"] == payment["id"]
    cashier.providers.customer_pays(cashier.ref(payment))
    assert cashier.settled(booking, status="confirmed")["payment_status"] == "paid"


def test_a_closed_account_is_given_keys_still_so_that_money_can_go_back_by_it(cashier: Cashier) -> None:
    account = opened(cashier)
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    one = f"{place(cashier)}/{account['id']}"
    stale = cashier.owner.client.delete(one, headers=cashier.owner.signed | {"If-Match": '"v9"'})
    assert stale.status_code == 412
    for _ in range(2):
        assert cashier.owner.client.delete(one, headers=cashier.owner.signed).status_code == 204
    (listed,) = cashier.owner.get(place(cashier)).get_json()["data"]
    assert listed["closed_at"] is not None
    swapped(cashier, account, "salon")
    cashier.customer.turn(booking, "cancelled")
    assert cashier.settled(booking, payment_status="refunded")["status"] == "cancelled"


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
