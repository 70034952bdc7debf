"""Money by a method that takes days: what happens meanwhile, and what when it comes after all, or does not."""

from collections.abc import Iterator

import pytest

from tests.flows.desk import said
from tests.payments.cashier import PATHS, PRICE, Cashier, Json, a_cashier
from tests.payments.test_money_in_trouble import looked_at
from tests.receivers import until

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
OTHER = {"stripe": "paystack", "paystack": "stripe"}
POLICY = {"free_until_hours": 720, "fee_percent": 25}
FEE = 112_500


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch, cancellation_policy=POLICY) as found:
        yield found


def seen_as(cashier: Cashier, payment: Json, state: str) -> None:
    """Have a payment looked at until it is in this state: of much that is slow no webhook tells."""

    def is_so() -> bool:
        looked_at(cashier)
        return bool(cashier.payment(payment)["state"] == state)

    until(is_so, seconds=20)


def processing(cashier: Cashier, provider: str) -> tuple[Json, Json]:
    """Return a booking whose money is on its way, and the payment."""
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.customer_pays_slowly(cashier.ref(payment))
    seen_as(cashier, payment, "processing")
    return booking, payment


def come(cashier: Cashier, payment: Json, verb: str = "succeed") -> None:
    """Let the days pass."""
    cashier.providers.days_later(cashier.ref(payment), verb)


@BOTH
def test_a_booking_waits_for_money_that_is_on_its_way(cashier: Cashier, provider: str) -> None:
    booking, payment = processing(cashier, provider)
    waiting = cashier.settled(booking, payment_status="processing")
    assert (waiting["status"], waiting["paid"]["amount"], cashier.balance(booking)) == ("awaiting_payment", 0, 0)
    come(cashier, payment)
    cashier.settled(booking, status="confirmed", payment_status="paid")
    assert cashier.balance(booking) == PRICE.amount


@BOTH
def test_nobody_pays_by_another_provider_while_money_is_on_its_way(cashier: Cashier, provider: str) -> None:
    booking, payment = processing(cashier, provider)
    answer = cashier.customer.post(PATHS[OTHER[provider]], {"booking_id": booking["id"]})
    assert said(answer) == (409, "payment_processing")
    same = cashier.customer.post(PATHS[provider], {"booking_id": booking["id"]})
    assert (same.status_code, same.get_json()["id"]) == (201, payment["id"])
    come(cashier, payment)
    cashier.settled(booking, status="confirmed")
    assert len(cashier.customer.get(f"/api/payments?booking_id={booking['id']}").get_json()["data"]) == 1


@BOTH
def test_money_that_does_not_come_after_all_can_be_paid_in_another_way(cashier: Cashier, provider: str) -> None:
    booking, payment = processing(cashier, provider)
    come(cashier, payment, "fail")
    seen_as(cashier, payment, "open")
    assert cashier.look(booking)["status"] == "awaiting_payment"
    cashier.settled(booking, payment_status="unpaid")
    again = cashier.ask(booking, OTHER[provider])
    cashier.providers.customer_pays(cashier.ref(again))
    cashier.settled(booking, status="confirmed", payment_status="paid")
    until(lambda: cashier.payment(payment)["state"] == "canceled", seconds=20)
    assert (cashier.balance(booking), cashier.refunds(booking)) == (PRICE.amount, [])


@BOTH
@pytest.mark.parametrize("who", ["customer", "owner"])
def test_of_money_that_comes_after_a_cancellation_the_fee_is_kept(cashier: Cashier, provider: str, who: str) -> None:
    booking, payment = processing(cashier, provider)
    getattr(cashier, who).turn(booking, "cancelled")
    looked_at(cashier)
    assert (cashier.payment(payment)["state"], cashier.refunds(booking)) == ("processing", [])
    come(cashier, payment)
    kept = FEE if who == "customer" else 0
    until(lambda: cashier.refunds(booking) == [(PRICE.amount - kept, "cancelled", "succeeded")], seconds=20)
    assert (cashier.look(booking)["status"], cashier.balance(booking)) == ("cancelled", kept)


@BOTH
def test_a_cancelled_booking_whose_money_does_not_come_owes_nothing(cashier: Cashier, provider: str) -> None:
    booking, payment = processing(cashier, provider)
    cashier.customer.turn(booking, "cancelled")
    looked_at(cashier)
    come(cashier, payment, "fail")
    seen_as(cashier, payment, "canceled")
    ended = cashier.settled(booking, status="cancelled", payment_status="unpaid")
    assert (ended["paid"]["amount"], cashier.balance(booking), cashier.refunds(booking)) == (0, 0, [])


@BOTH
def test_money_that_comes_when_the_hold_has_run_out_takes_the_place_again(cashier: Cashier, provider: str) -> None:
    booking, payment = processing(cashier, provider)
    cashier.expire(booking)
    looked_at(cashier)
    assert cashier.payment(payment)["state"] == "processing"
    come(cashier, payment)
    cashier.settled(booking, status="confirmed", payment_status="paid")
    assert (cashier.balance(booking), cashier.refunds(booking)) == (PRICE.amount, [])


@BOTH
def test_money_that_comes_when_the_place_is_gone_goes_back(cashier: Cashier, provider: str) -> None:
    booking, payment = processing(cashier, provider)
    cashier.expire(booking)
    rival = cashier.booked()
    assert rival["status"] == "awaiting_payment"
    come(cashier, payment)
    cashier.settled(booking, status="expired", payment_status="refunded")
    assert cashier.refunds(booking) == [(PRICE.amount, "late", "succeeded")]
    assert (cashier.balance(booking), cashier.look(rival)["status"]) == (0, "awaiting_payment")


@BOTH
def test_cash_is_taken_while_money_is_on_its_way_which_then_goes_back(cashier: Cashier, provider: str) -> None:
    booking, payment = processing(cashier, provider)
    taken = cashier.owner.post("/api/payments/offline", {"booking_id": booking["id"], "method": "cash"})
    assert (taken.status_code, cashier.look(booking)["status"]) == (201, "confirmed")
    come(cashier, payment)
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "duplicate", "succeeded")], seconds=20)
    assert cashier.balance(booking) == PRICE.amount
