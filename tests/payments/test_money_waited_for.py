"""Who asks for work that providers have to be asked for, and prefers to wait, is told what came of it."""

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from config.transaction import DatabaseAway, transaction
from domain.accounts.tables import User
from domain.kernel.ids import Kind, parsed, shown
from domain.payments.tables import ProviderEvent
from tests.builders import a_user
from tests.flows.desk import Desk, desk
from tests.payments.cashier import PATHS, Cashier, a_cashier
from tests.payments.test_money_in_trouble import paid
from tests.payments.test_reconciliation import span
from tests.receivers import until
from web.api import payments

AT_ONCE = 10
"""Seconds that are far fewer than are waited at most."""


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def waited(ask: Callable[..., TestResponse]) -> TestResponse:
    """Ask with a preference to wait for long, which must not take as long."""
    begun = time.monotonic()
    answer = ask(Prefer="wait=25")
    assert time.monotonic() - begun < AT_ONCE
    assert answer.headers["Preference-Applied"] == "wait=25"
    return answer


def test_a_refund_is_told_once_it_is_settled_and_again_as_it_stands(cashier: Cashier) -> None:
    _, payment = paid(cashier, "stripe")
    place, body = f"/api/payments/{payment['id']}/refunds", {"amount": 1000}
    with cashier.workers.paused():
        first = cashier.owner.post(place, body, Idempotency_Key="x1")
        assert (first.status_code, first.get_json()["state"]) == (201, "pending")
        assert "Preference-Applied" not in first.headers
    answer = waited(lambda **more: cashier.owner.post(place, body, Idempotency_Key="x1", **more))
    assert (answer.status_code, answer.get_json()["id"]) == (201, first.get_json()["id"])
    assert (answer.get_json()["state"], answer.headers["Idempotency-Replayed"]) == ("succeeded", "true")
    other = waited(lambda **more: cashier.owner.post(place, body, **more))
    assert (other.status_code, other.get_json()["state"]) == (201, "succeeded")


def test_what_the_business_hands_back_itself_is_not_waited_for(cashier: Cashier) -> None:
    booking = cashier.booked()
    payment = cashier.owner.post("/api/payments/offline", {"booking_id": booking["id"], "method": "cash"}).get_json()
    place = f"/api/payments/{payment['id']}/refunds"
    answer = waited(lambda **more: cashier.owner.post(place, {"amount": 1000}, **more))
    assert (answer.status_code, answer.get_json()["state"]) == (201, "succeeded")


def test_a_comparison_is_told_once_it_is_done(cashier: Cashier) -> None:
    asked = span(cashier.shop.business.id)
    place = "/api/payments/reconciliation"
    with cashier.workers.paused():
        late = cashier.owner.post(place, asked, Prefer="wait=1", Idempotency_Key="x1")
        assert (late.status_code, late.get_json()["state"]) == (202, "running")
    answer = waited(lambda **more: cashier.owner.post(place, asked, Idempotency_Key="x1", **more))
    assert (answer.status_code, answer.get_json()["state"]) == (200, "done")
    assert answer.get_json()["id"] == late.get_json()["id"]
    fresh = waited(lambda **more: cashier.owner.post(place, asked, **more))
    assert (fresh.status_code, fresh.get_json()["state"]) == (200, "done")
    assert fresh.get_json()["id"] != late.get_json()["id"]


def test_a_webhook_that_is_looked_into_again_is_told_once_that_is_done(cashier: Cashier) -> None:
    who = a_user("Op")
    with transaction() as session:
        session.execute(update(User).where(User.id == who.user_id).values(is_operator=True))
    operator: Desk = desk(who)
    _, payment = paid(cashier, "stripe")
    until(lambda: applied(payment) is not None, seconds=20)
    place = f"/api/system/provider-events/{applied(payment)}/replay"
    with cashier.workers.paused():
        late = operator.post(place, None, Prefer="wait=1")
        assert (late.status_code, late.get_json()["state"]) == (202, "new")
    answer = waited(lambda **more: operator.post(place, None, **more))
    assert (answer.status_code, answer.get_json()["state"]) == (200, "applied")


def applied(payment: dict[str, str]) -> str | None:
    """Return what was said of a payment and applied to it."""
    about = (ProviderEvent.payment_id == parsed(Kind.PAYMENT, payment["id"]), ProviderEvent.state == "applied")
    with transaction() as session:
        found = session.scalars(select(ProviderEvent.id).where(*about).limit(1)).one_or_none()
    return shown(Kind.PROVIDER_EVENT, found) if found else None


def test_a_payment_says_what_preference_was_honoured(cashier: Cashier) -> None:
    body = {"booking_id": cashier.booked()["id"]}
    assert waited(lambda **more: cashier.customer.post(PATHS["stripe"], body, **more)).status_code == 201
    assert "Preference-Applied" not in cashier.customer.post(PATHS["stripe"], body).headers
    at_once = cashier.customer.post(PATHS["stripe"], body, Prefer="respond-async")
    assert at_once.headers["Preference-Applied"] == "respond-async"


def test_who_prefers_to_wait_and_not_to_is_told_after_the_wait(cashier: Cashier) -> None:
    body = {"booking_id": cashier.booked()["id"]}
    with cashier.workers.paused():
        late = cashier.customer.post(PATHS["stripe"], body, Prefer="respond-async, wait=1")
    assert (late.status_code, late.headers["Preference-Applied"]) == (202, "wait=1")


def test_what_was_accepted_is_told_although_the_database_is_away_by_then(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise DatabaseAway("gone")

    body = {"booking_id": cashier.booked()["id"]}
    with cashier.workers.paused():
        with monkeypatch.context() as patch:
            patch.setattr(payments, "_view", away)
            told = cashier.customer.post(PATHS["stripe"], body, Prefer="respond-async")
        assert (told.status_code, told.get_json()["state"]) == (202, "creating")
        again = cashier.customer.post(PATHS["stripe"], body, Prefer="respond-async")
    assert again.get_json()["id"] == told.get_json()["id"]
