"""Refunds and disputes whose answer comes later: asked for too early, failing at Paystack, decided there."""

from collections.abc import Iterator

import pytest

from tests.flows.desk import said
from tests.payments.cashier import PRICE, Cashier, a_cashier
from tests.payments.test_money_in_trouble import looked_at, paid
from tests.receivers import until

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


@BOTH
def test_nothing_is_given_back_before_it_is_known_to_have_come(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    until(lambda: all(state != "new" for _, state in cashier.heard()), seconds=20)
    cashier.providers.tamper("*", drop=True, times=100)
    place = f"/api/payments/{payment['id']}/refunds"
    assert said(cashier.owner.post(place, {})) == (409, "not_refundable")
    cashier.providers.customer_pays(cashier.ref(payment))
    assert said(cashier.owner.post(place, {"amount": 100})) == (409, "not_refundable")
    assert (cashier.refunds(booking), cashier.look(booking)["status"]) == ([], "awaiting_payment")
    looked_at(cashier)
    cashier.settled(booking, status="confirmed")
    assert cashier.owner.post(place, {}).status_code == 201
    until(lambda: _looked(cashier, [(PRICE.amount, "requested", "succeeded")], booking["id"]), seconds=20)
    assert cashier.balance(booking) == 0


def _looked(cashier: Cashier, wanted: list[tuple[int, str, str]], booking_id: str) -> bool:
    looked_at(cashier)
    return cashier.refunds({"id": booking_id}) == wanted


@BOTH
def test_of_what_was_cancelled_nothing_is_given_back(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.customer.turn(booking, "cancelled")
    until(lambda: cashier.payment(payment)["state"] == "canceled", seconds=20)
    assert said(cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {})) == (409, "not_refundable")
    assert cashier.refunds(booking) == []


@pytest.mark.parametrize(
    ("verb", "status", "left"),
    [("declined", "paid", PRICE.amount), ("merchant-accepted", "disputed", 0)],
)
def test_a_dispute_at_paystack_takes_the_money_when_it_is_lost(
    cashier: Cashier, verb: str, status: str, left: int
) -> None:
    booking, payment = paid(cashier, "paystack")
    dispute = cashier.providers.customer_disputes(cashier.ref(payment))
    opened = cashier.settled(booking, payment_status="disputed")
    assert (opened["status"], cashier.balance(booking)) == ("confirmed", PRICE.amount)
    cashier.providers.dispute(dispute["id"], verb)
    cashier.settled(booking, payment_status=status)
    until(lambda: cashier.balance(booking) == left, seconds=20)
    cashier.customer.turn(booking, "cancelled")
    wanted = [(left, "cancelled", "succeeded")] if left else []
    until(lambda: cashier.refunds(booking) == wanted, seconds=20)
    until(lambda: cashier.balance(booking) == 0, seconds=20)


def test_a_refund_that_fails_at_paystack_later_is_taken_back_in_the_books(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "paystack")
    cashier.providers.dispose(paystack_refunds="pending")
    cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {"amount": 100_000})
    until(lambda: cashier.refunds(booking) == [(100_000, "requested", "sent")], seconds=20)
    (made,) = cashier.providers.objects("paystack_refund")
    cashier.providers.refund(made["id"], "failed")
    until(lambda: cashier.refunds(booking) == [(100_000, "requested", "failed")], seconds=20)
    assert (cashier.look(booking)["payment_status"], cashier.balance(booking)) == ("paid", PRICE.amount)
    assert len(cashier.providers.applied("POST", "*/refund")) == 1


def test_what_has_to_go_back_is_promised_again_when_paystack_fails_to_send_it(cashier: Cashier) -> None:
    booking, _ = paid(cashier, "paystack")
    cashier.providers.dispose(paystack_refunds="pending")
    cashier.customer.turn(booking, "cancelled")
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "cancelled", "sent")], seconds=20)
    (made,) = cashier.providers.objects("paystack_refund")
    cashier.providers.dispose(paystack_refunds="processed")
    cashier.providers.refund(made["id"], "failed")
    wanted = [(PRICE.amount, "cancelled", "failed"), (PRICE.amount, "cancelled", "succeeded")]
    until(lambda: cashier.refunds(booking) == wanted, seconds=20)
    cashier.settled(booking, payment_status="refunded")
    assert cashier.balance(booking) == 0
