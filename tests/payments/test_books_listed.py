"""A business's books over the API: what moved its money, what is disputed; and who is asked, and how often."""

import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.catalog.rules import Deposit
from domain.kernel.ids import Kind, parsed, shown
from domain.payments.tables import Payment
from tests.payments.cashier import PATHS, PRICE, Cashier, a_cashier
from tests.payments.test_money_in_trouble import looked_at, paid
from tests.receivers import until


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def of(cashier: Cashier, what: str, **more: str) -> str:
    """Return the address of a list of the shop's."""
    mine = shown(Kind.BUSINESS, cashier.shop.business.id)
    return f"/api/payments/{what}?business_id={mine}" + "".join(f"&{name}={value}" for name, value in more.items())


def test_a_dispute_is_listed_with_its_deadline_and_its_money_in_the_ledger(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "stripe")
    cashier.providers.customer_disputes(cashier.ref(payment))
    cashier.settled(booking, payment_status="disputed")
    (dispute,) = cashier.owner.get(of(cashier, "disputes", state="open")).get_json()["data"]
    assert (dispute["payment_id"], dispute["amount"]["amount"]) == (payment["id"], PRICE.amount)
    assert (dispute["is_withdrawn"], dispute["due_at"] is not None) == (True, True)
    assert cashier.owner.get(of(cashier, "disputes", state="won")).get_json()["data"] == []
    first = cashier.owner.get(of(cashier, "ledger", limit="1", payment_id=payment["id"])).get_json()
    rest = cashier.owner.get(of(cashier, "ledger", payment_id=payment["id"]) + f"&cursor={first['next_cursor']}")
    moved = [(each["kind"], each["amount"]["amount"]) for each in (*first["data"], *rest.get_json()["data"])]
    assert [kind for kind, _ in moved] == ["dispute", "fee", "charge"]
    assert (moved[0][1], moved[2][1], moved[1][1] < 0) == (-PRICE.amount, PRICE.amount, True)
    assert cashier.customer.get(of(cashier, "ledger")).status_code == 403


def test_who_refreshes_often_does_not_make_the_provider_be_asked_often(cashier: Cashier) -> None:
    cashier.providers.tamper("*", drop=True)  # each webhook would make it be looked at too
    payment = cashier.ask(cashier.booked(), "stripe")
    looks = f"*{cashier.ref(payment)}"
    before = len(cashier.providers.calls("GET", looks))
    for _ in range(5):
        assert cashier.customer.get(f"/api/payments/{payment['id']}?refresh=true").status_code == 200
    until(lambda: not cashier.workers.once(), seconds=20)
    assert len(cashier.providers.calls("GET", looks)) == before + 1
    with transaction() as session:
        session.execute(
            update(Payment).where(Payment.id == _id(payment)).values(refreshed_at=clock() - timedelta(seconds=6))
        )
    assert cashier.customer.get(f"/api/payments/{payment['id']}?refresh=true").status_code == 200
    assert len(cashier.providers.calls("GET", looks)) == before + 2


def test_who_prefers_an_answer_at_once_gets_one(cashier: Cashier) -> None:
    booking = cashier.booked()
    with cashier.workers.paused():
        began = time.monotonic()
        answer = cashier.customer.post(PATHS["stripe"], {"booking_id": booking["id"]}, Prefer="respond-async")
        took = time.monotonic() - began
    assert (answer.status_code, answer.get_json()["state"]) == (202, "creating")
    assert took < 8  # by default it is held for ten seconds


def test_a_provider_that_is_away_uses_up_no_look_at_money_that_came(cashier: Cashier) -> None:
    _, payment = paid(cashier, "stripe")
    cashier.providers.fail("status", when="before", path="/v1/payment_intents/*", method="GET", times=50)
    looked_at(cashier)
    until(lambda: timedelta(hours=5) < _next_look(payment) < timedelta(days=1), seconds=20)
    assert cashier.payment(payment)["failure_code"] is None
    cashier.providers.heal()
    looked_at(cashier)
    until(lambda: _next_look(payment) == timedelta(days=1), seconds=20)


def test_a_second_payment_that_went_back_leaves_a_booking_paid(cashier: Cashier) -> None:
    booking = cashier.booked()
    payments = [cashier.ask(booking, provider) for provider in ("stripe", "paystack")]
    with cashier.workers.paused():
        for each in payments:
            cashier.providers.customer_pays(cashier.ref(each))
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "duplicate", "succeeded")], seconds=30)
    assert cashier.look(booking)["payment_status"] == "paid"
    cashier.customer.turn(booking, "cancelled")
    assert cashier.settled(booking, payment_status="refunded")["status"] == "cancelled"


def test_cash_is_taken_in_the_last_seconds_of_a_hold(cashier: Cashier) -> None:
    booking = cashier.booked()
    from domain.bookings.tables import Booking  # noqa: PLC0415

    with transaction() as session:
        soon = clock() + timedelta(seconds=20)
        session.execute(
            update(Booking).where(Booking.id == parsed(Kind.BOOKING, booking["id"])).values(hold_expires_at=soon)
        )
    refused = cashier.customer.post(PATHS["stripe"], {"booking_id": booking["id"]}).get_json()
    assert refused["code"] == "hold_expiring"
    taken = cashier.owner.post("/api/payments/offline", {"booking_id": booking["id"], "method": "cash"})
    assert taken.status_code == 201
    assert cashier.look(booking)["status"] == "confirmed"


def test_what_is_taken_in_cash_beside_a_deposit_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_cashier(monkeypatch, deposit=Deposit(percent=10)) as cashier:
        booking = cashier.booked()
        cash = {"booking_id": booking["id"], "method": "cash"}
        assert cashier.owner.post("/api/payments/offline", cash).get_json()["purpose"] == "deposit"
        again = cashier.owner.post("/api/payments/offline", cash)
        assert (again.status_code, again.get_json()["code"]) == (422, "not_what_is_due")
        rest = cashier.owner.post("/api/payments/offline", {**cash, "amount": PRICE.amount * 9 // 10})
        assert (rest.status_code, rest.get_json()["purpose"]) == (201, "balance")


@pytest.mark.parametrize(("paid_there", "state"), [(466_750, "succeeded"), (900_000, "review")])
def test_more_than_the_price_and_its_fee_does_not_count_at_paystack(
    cashier: Cashier, paid_there: int, state: str
) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, "paystack")
    cashier.providers.customer_pays(cashier.ref(payment), amount=paid_there)
    until(lambda: cashier.payment(payment)["state"] == state, seconds=20)
    if state == "review":
        accepted = cashier.owner.post(f"/api/payments/{payment['id']}/review", {"decision": "accept"})
        assert accepted.status_code == 200
        surplus = (paid_there - PRICE.amount, "surplus", "succeeded")
        until(lambda: cashier.refunds(booking) == [surplus], seconds=20)
    assert cashier.settled(booking, status="confirmed")["payment_status"] == "paid"


def _next_look(payment: dict[str, str]) -> timedelta:
    """Return how long after it was settled a payment is looked at next."""
    with transaction() as session:
        row = session.get_one(Payment, _id(payment))
    assert row.next_look_at is not None
    assert row.settled_at is not None
    return row.next_look_at - row.settled_at


def _id(payment: dict[str, str]) -> UUID:
    found = parsed(Kind.PAYMENT, payment["id"])
    assert found is not None
    return found
