"""Refunds that need a person: found at the provider, sent once more, handed back, or dropped."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from config.clock import clock
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed
from domain.payments import service as payments
from tests.payments.cashier import PRICE, Cashier, a_cashier
from tests.payments.test_money_in_trouble import looked_at, paid
from tests.receivers import until
from tests.standins import PAYSTACK

PART = 10_000


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


@pytest.fixture
def doubtful(cashier: Cashier) -> tuple[dict[str, Any], str]:
    """Return a booking paid by Paystack, and where its refund is of which nobody can tell whether it was sent."""
    booking, payment = paid(cashier, "paystack")
    cashier.providers.fail("reset", when="before", path="/refund", method="POST", times=20)
    place = f"/api/payments/{payment['id']}/refunds"
    refund = cashier.owner.post(place, {"amount": PART}).get_json()
    until(lambda: bool(cashier.providers.calls("POST", "*/refund")), seconds=20)
    until(lambda: is_left_to_somebody(cashier, booking), seconds=20)
    cashier.providers.heal()
    return booking, f"{place}/{refund['id']}/resolve"


def is_left_to_somebody(cashier: Cashier, booking: dict[str, Any]) -> bool:
    """Tell whether the refund is, once it has been looked at; what still is being sent is passed over by a look."""
    looked_at(cashier)
    return cashier.refunds(booking) == [(PART, "requested", "attention")]


def at_paystack(cashier: Cashier, payment_ref: str, amount: int) -> None:
    """Give money back at Paystack itself, as a person does on its pages."""
    answer = requests.post(
        f"{cashier.providers.paystack_base}/refund",
        json={"transaction": payment_ref, "amount": amount},
        headers={"Authorization": f"Bearer {PAYSTACK.secret_keys[0]}"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text


def test_what_was_not_sent_is_sent_when_somebody_says_so(cashier: Cashier, doubtful: tuple[Any, str]) -> None:
    booking, place = doubtful
    answer = cashier.owner.post(place, {"outcome": "send", "note": "It is not there"})
    assert (answer.status_code, answer.get_json()["state"]) == (200, "pending")
    until(lambda: cashier.refunds(booking) == [(PART, "requested", "succeeded")], seconds=20)
    assert len(cashier.providers.objects("paystack_refund")) == 1
    assert cashier.balance(booking) == PRICE.amount - PART
    assert cashier.owner.post(place, {"outcome": "send"}).get_json()["code"] == "not_in_attention"


def test_what_a_person_gives_back_at_the_provider_is_what_waited_for_one(
    cashier: Cashier, doubtful: tuple[Any, str]
) -> None:
    booking, place = doubtful
    payment = cashier.owner.get(place.removesuffix("/resolve").rsplit("/", 2)[0]).get_json()
    at_paystack(cashier, cashier.ref(payment), PART)
    looked_at(cashier)
    until(lambda: cashier.refunds(booking) == [(PART, "requested", "succeeded")], seconds=20)
    assert cashier.balance(booking) == PRICE.amount - PART


def test_what_was_handed_back_otherwise_is_entered_in_the_ledger(cashier: Cashier, doubtful: tuple[Any, str]) -> None:
    booking, place = doubtful
    assert cashier.customer.post(place, {"outcome": "handed_back"}).status_code == 403
    answer = cashier.owner.post(place, {"outcome": "handed_back"})
    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["failure_code"]) == (
        200,
        "succeeded",
        None,
    )
    assert cashier.balance(booking) == PRICE.amount - PART
    assert cashier.look(booking)["payment_status"] == "partially_refunded"


def test_what_was_asked_for_and_dropped_goes_back_when_the_rules_want_it(
    cashier: Cashier, doubtful: tuple[Any, str]
) -> None:
    booking, place = doubtful
    assert cashier.owner.post(place, {"outcome": "drop"}).get_json()["failure_code"] == "dropped"
    assert cashier.refunds(booking) == [(PART, "requested", "failed")]
    cashier.customer.turn(booking, "cancelled")
    whole = (PRICE.amount, "cancelled", "succeeded")
    until(lambda: cashier.refunds(booking) == [(PART, "requested", "failed"), whole], seconds=20)
    assert cashier.balance(booking) == 0


def test_what_the_rules_want_back_is_kept_when_somebody_decides_so(cashier: Cashier) -> None:
    booking = cashier.booked()
    cash = cashier.owner.post("/api/payments/offline", {"booking_id": booking["id"], "method": "cash"}).get_json()
    cashier.customer.turn(booking, "cancelled")
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "cancelled", "attention")], seconds=20)
    place = f"/api/payments/{cash['id']}/refunds"
    (refund,) = cashier.owner.get(place).get_json()["data"]
    dropped = cashier.owner.post(f"{place}/{refund['id']}/resolve", {"outcome": "drop", "note": "A gift"})
    assert (dropped.status_code, dropped.get_json()["failure_code"]) == (200, "dropped")
    booking_id = parsed(Kind.BOOKING, booking["id"])
    assert booking_id is not None
    with transaction() as session:
        payments.close(session, booking_id, now=clock())
    assert cashier.refunds(booking) == [(PRICE.amount, "cancelled", "failed")]
    with transaction() as session:
        assert not [each.name for each in payments.checked(session) if str(booking_id) in each.examples]
    assert cashier.owner.post(place, {}).status_code == 201  # but it may still be given back


def test_what_the_provider_has_is_not_settled_here(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "paystack")
    cashier.providers.dispose(paystack_refunds="needs-attention")
    place = f"/api/payments/{payment['id']}/refunds"
    refund = cashier.owner.post(place, {"amount": PART}).get_json()
    until(lambda: cashier.owner.get(place).get_json()["data"][0]["state"] != "pending", seconds=20)
    cashier.providers.settle()
    looked_at(cashier)
    until(lambda: cashier.refunds(booking) == [(PART, "requested", "attention")], seconds=20)
    answer = cashier.owner.post(f"{place}/{refund['id']}/resolve", {"outcome": "handed_back"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "refund_underway")


def test_cash_is_handed_back_and_not_sent(cashier: Cashier) -> None:
    booking = cashier.booked()
    paid_in_cash = cashier.owner.post(
        "/api/payments/offline", {"booking_id": booking["id"], "method": "cash"}
    ).get_json()
    cashier.customer.turn(booking, "cancelled")
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "cancelled", "attention")], seconds=20)
    place = f"/api/payments/{paid_in_cash['id']}/refunds"
    (refund,) = cashier.owner.get(place).get_json()["data"]
    answer = cashier.owner.post(f"{place}/{refund['id']}/resolve", {"outcome": "send"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_sendable")
    assert cashier.owner.post(f"{place}/{refund['id']}/resolve", {"outcome": "handed_back"}).status_code == 200
    assert cashier.look(booking)["payment_status"] == "refunded"
    assert cashier.balance(booking) == 0
