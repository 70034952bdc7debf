"""What was believed too soon, or given up too soon: the provider is right in the end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed
from domain.payments import service as payments
from domain.payments.gateway import Away, Refused, Seen, SeenDispute, SeenRefund
from domain.payments.rules.states import DisputeState, RefundState, State
from domain.payments.tables import Payment, ProviderReconciliation, Refund
from tests.payments.cashier import PATHS, PRICE, Cashier, a_cashier
from tests.payments.test_money_in_trouble import looked_at, paid
from tests.receivers import until

PART = 20_000


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def row_of(payment: dict[str, Any]) -> Payment:
    with transaction() as session:
        return session.get_one(Payment, parsed(Kind.PAYMENT, payment["id"]))


def tells(payment: dict[str, Any], *, looked_at: datetime | None = None, **more: Any) -> None:  # noqa: ANN401 - any field
    """Settle what a look at a payment that was paid would see."""
    row = row_of(payment)
    assert row.provider_ref is not None
    plain = Seen(ref=row.provider_ref, state=State.SUCCEEDED, amount=row.amount, currency="NGN", is_live=False)
    seen = replace(plain, received=row.amount, **more)
    with transaction() as session:
        payments.settle(session, row.id, seen, looked_at=looked_at or clock(), now=clock())


def a_promise(cashier: Cashier, payment: dict[str, Any], amount: int) -> UUID:
    """Have a part given back, but let no worker send it."""
    made = cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {"amount": amount}).get_json()
    found = parsed(Kind.REFUND, made["id"])
    assert found is not None
    return found


def begins(refund_id: UUID, now: datetime) -> bool:
    with transaction() as session:
        return payments.begin_to_send(session, refund_id, now=now)


def test_nobody_sends_a_refund_that_another_may_be_sending(cashier: Cashier) -> None:
    _, payment = paid(cashier, "paystack")
    with cashier.workers.paused():
        refund_id, now = a_promise(cashier, payment, PRICE.amount), clock()
        assert begins(refund_id, now)
        assert not begins(refund_id, now + timedelta(seconds=20))  # the first call may still be under way
        assert begins(refund_id, now + timedelta(seconds=31))


def test_a_part_that_was_not_let_through_is_sent_again_and_left_to_nobody(cashier: Cashier) -> None:
    _, payment = paid(cashier, "paystack")
    with cashier.workers.paused():
        refund_id, now = a_promise(cashier, payment, PART), clock()
        assert begins(refund_id, now)
        with transaction() as session:
            payments.sent(session, refund_id, Away("http_429"), now=now)
        assert begins(refund_id, now + timedelta(seconds=10))


def test_a_refund_that_cannot_be_sent_for_days_is_left_to_a_person(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "stripe")
    with cashier.workers.paused():
        refund_id = a_promise(cashier, payment, PART)
        with transaction() as session:
            long_ago = update(Refund).where(Refund.id == refund_id).values(created_at=clock() - timedelta(days=3))
            session.execute(long_ago)
        with transaction() as session:
            payments.not_found_out(session, refund_id, Away("no_key"), now=clock())
    assert cashier.refunds(booking) == [(PART, "requested", "attention")]


def test_a_refund_that_was_given_up_and_made_all_the_same_takes_the_place_of_the_next(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "paystack")
    with cashier.workers.paused():
        refund_id = a_promise(cashier, payment, PRICE.amount)
        assert begins(refund_id, clock())
        with transaction() as session:
            payments.sent(session, refund_id, Refused("transaction_reversed"), now=clock())
        another = a_promise(cashier, payment, PRICE.amount)
        made = SeenRefund(ref="77", refund_id=refund_id, amount=PRICE.amount, state=RefundState.SUCCEEDED)
        tells(payment, refunds=[made])
        with transaction() as session:
            states = {
                each.id: each.state
                for each in session.scalars(select(Refund).where(Refund.id.in_([refund_id, another])))
            }
        assert states == {refund_id: "succeeded", another: "failed"}
    assert cashier.balance(booking) == 0


def test_what_an_earlier_look_saw_does_not_undo_what_a_later_one_did(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "stripe")
    dispute = SeenDispute(ref="du_1", amount=PRICE.amount, state=DisputeState.OPEN, is_withdrawn=True)
    began = clock()
    tells(payment, disputes=[dispute], looked_at=began)
    tells(
        payment,
        disputes=[replace(dispute, state=DisputeState.WON, is_withdrawn=False)],
        looked_at=began + timedelta(seconds=2),
    )
    tells(payment, disputes=[dispute], looked_at=began + timedelta(seconds=1))
    assert cashier.look(booking)["payment_status"] == "paid"
    assert cashier.balance(booking) == PRICE.amount


def test_a_bank_may_take_less_than_was_disputed(cashier: Cashier) -> None:
    booking, payment = paid(cashier, "paystack")
    asked = SeenDispute(ref="9", amount=PRICE.amount, state=DisputeState.OPEN, is_withdrawn=False)
    tells(payment, disputes=[asked])
    lost = replace(asked, amount=PART, state=DisputeState.LOST, is_withdrawn=True)
    tells(payment, disputes=[lost])
    assert cashier.balance(booking) == PRICE.amount - PART
    tells(payment, disputes=[replace(lost, amount=PART + 5_000)])
    assert cashier.balance(booking) == PRICE.amount - PART - 5_000


def test_who_asks_again_does_not_wait_until_a_provider_that_was_away_is_tried_next(cashier: Cashier) -> None:
    booking = cashier.booked()
    cashier.providers.fail("status", when="before", path="/v1/payment_intents", method="POST", times=50)
    first = cashier.customer.post(PATHS["stripe"], {"booking_id": booking["id"]}, Prefer="wait=1").get_json()
    until(lambda: not cashier.workers.once(), seconds=20)
    cashier.providers.heal()
    again = cashier.ask(booking, "stripe")
    assert (again["id"], again["state"]) == (first["id"], "open")


def test_for_an_hour_a_payment_is_asked_for_every_minute_at_least(cashier: Cashier) -> None:
    booking = cashier.booked()
    cashier.providers.fail("status", when="before", path="/v1/payment_intents", method="POST", times=50)
    payment = cashier.customer.post(PATHS["stripe"], {"booking_id": booking["id"]}, Prefer="wait=1").get_json()

    def is_soon() -> bool:
        due = row_of(payment).next_look_at  # while it is being looked at: when somebody else may look
        return due is not None and clock() < due <= clock() + timedelta(minutes=1)

    for _ in range(5):
        looked_at(cashier)
        until(is_soon, seconds=20)


@pytest.mark.parametrize("ended", [timedelta(days=29), timedelta(days=31)])
def test_what_nobody_pays_is_not_looked_at_for_ever(cashier: Cashier, ended: timedelta) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    at = {"starts_at": clock() - ended - timedelta(hours=1), "ends_at": clock() - ended}
    with transaction() as session:
        of_it = Booking.id == parsed(Kind.BOOKING, booking["id"])
        session.execute(update(Booking).where(of_it).values(at | {"status": "confirmed", "hold_expires_at": None}))
    looked_at(cashier)
    wanted = "canceled" if ended > timedelta(days=30) else "open"
    until(lambda: cashier.payment(payment)["state"] == wanted, seconds=20)


def test_money_for_a_start_that_has_passed_goes_back_though_nobody_ended_the_hold(cashier: Cashier) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    past = {
        "starts_at": clock() - timedelta(hours=2),
        "ends_at": clock() - timedelta(hours=1),
        "hold_expires_at": clock() - timedelta(hours=3),
    }
    with transaction() as session:
        session.execute(update(Booking).where(Booking.id == parsed(Kind.BOOKING, booking["id"])).values(past))
    cashier.providers.customer_pays(cashier.ref(payment))
    until(lambda: cashier.payment(payment)["state"] == "succeeded", seconds=20)
    with cashier.workers.paused(), transaction() as session:
        bookings.expire_holds(session, now=clock())
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "late", "succeeded")], seconds=20)
    assert cashier.look(booking)["status"] == "expired"


def test_a_comparison_whose_worker_is_gone_is_given_up_after_an_hour(cashier: Cashier) -> None:
    asked = {
        "business_id": cashier.look(cashier.booked())["business_id"],
        "since": "2026-02-01T00:00:00Z",
        "until": "2026-02-02T00:00:00Z",
    }
    with cashier.workers.paused():
        assert cashier.owner.post("/api/payments/reconciliation", asked).status_code == 202
        assert cashier.owner.post("/api/payments/reconciliation", asked).status_code == 409
        with transaction() as session:
            mine = ProviderReconciliation.business_id == cashier.shop.business.id
            session.execute(update(ProviderReconciliation).where(mine).values(created_at=clock() - timedelta(hours=2)))
        assert cashier.owner.post("/api/payments/reconciliation", asked).status_code == 202
