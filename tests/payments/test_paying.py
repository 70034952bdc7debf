"""Paying for a booking, from asking to having paid, with either provider."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from config.transaction import transaction
from domain.catalog.rules import Deposit
from domain.kernel.ids import Kind, parsed
from domain.kernel.jobs import Job, State
from domain.kernel.money import Money
from domain.kernel.plot import CLOSE
from tests.builders import a_user
from tests.flows.desk import desk
from tests.payments.cashier import PATHS, PRICE, Cashier, Json, a_cashier
from tests.receivers import until

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


@BOTH
def test_who_pays_is_confirmed(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    assert (booking["status"], booking["payment_status"]) == ("awaiting_payment", "unpaid")
    payment = cashier.ask(booking, provider)
    handed = ("client_secret", "publishable_key") if provider == "stripe" else ("authorization_url", "access_code")
    assert (payment["state"], all(payment[name] for name in handed)) == ("open", True)
    cashier.providers.customer_pays(cashier.ref(payment))
    paid = cashier.settled(booking, status="confirmed", payment_status="paid")
    assert (paid["paid"]["amount"], cashier.balance(booking)) == (PRICE.amount, PRICE.amount)
    assert cashier.payment(payment)["state"] == "succeeded"
    assert cashier.payment(payment)["client_secret"] is None


@BOTH
def test_who_clicks_twice_is_handed_the_same(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    assert cashier.ask(booking, provider) == cashier.ask(booking, provider)


def test_nothing_is_due_of_what_is_paid_or_not_theirs(cashier: Cashier) -> None:
    booking = cashier.booked()
    cashier.providers.customer_pays(cashier.ref(cashier.ask(booking, "stripe")))
    cashier.settled(booking, status="confirmed")
    again = cashier.customer.post(PATHS["stripe"], {"booking_id": booking["id"]})
    assert (again.status_code, again.get_json()["code"]) == (409, "nothing_due")
    theirs = desk(a_user()).post(PATHS["stripe"], {"booking_id": booking["id"]})
    assert theirs.status_code == 404


@BOTH
def test_cancelling_gives_back_what_the_policy_does_not_keep(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    cashier.providers.customer_pays(cashier.ref(cashier.ask(booking, provider)))
    cashier.settled(booking, status="confirmed")
    quote = cashier.customer.get(f"/api/bookings/{booking['id']}/cancellation-quote").get_json()
    cashier.customer.turn(booking, "cancelled")
    cashier.settled(booking, payment_status="refunded")
    assert cashier.refunds(booking) == [(PRICE.amount - quote["fee"]["amount"], "cancelled", "succeeded")]
    assert cashier.balance(booking) == quote["fee"]["amount"]


@BOTH
def test_money_for_an_expired_booking_takes_its_place_again_if_that_is_free(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    with cashier.workers.paused():
        cashier.workers.once()
    payment = cashier.ask(booking, provider)
    with cashier.workers.paused():
        cashier.expire(booking)
        cashier.providers.customer_pays(cashier.ref(payment))
        cashier.providers.settle()
    assert cashier.settled(booking, status="confirmed")["payment_status"] == "paid"
    assert cashier.refunds(booking) == []


@BOTH
def test_money_for_an_expired_booking_whose_place_is_gone_goes_back(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    with cashier.workers.paused():
        cashier.expire(booking)
        cashier.providers.customer_pays(cashier.ref(payment))
        other = cashier.booked()
        assert other["status"] == "awaiting_payment"
    cashier.settled(booking, payment_status="refunded", status="expired")
    assert cashier.refunds(booking) == [(PRICE.amount, "late", "succeeded")]
    assert cashier.balance(booking) == 0


def test_the_second_of_two_who_were_paid_is_given_back(cashier: Cashier) -> None:
    booking = cashier.booked()
    stripe, paystack = (cashier.ask(booking, each) for each in ("stripe", "paystack"))
    with cashier.workers.paused():
        for each in (stripe, paystack):
            cashier.providers.customer_pays(cashier.ref(each))
    cashier.settled(booking, status="confirmed")
    until(lambda: [each[1:] for each in cashier.refunds(booking)] == [("duplicate", "succeeded")], seconds=20)
    assert cashier.balance(booking) == PRICE.amount


@BOTH
def test_what_is_open_when_a_booking_ends_is_paid_no_more(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.customer.turn(booking, "cancelled")
    until(lambda: cashier.payment(payment)["state"] == "canceled", seconds=20)
    assert cashier.look(booking)["payment_status"] == "unpaid"


@BOTH
def test_staff_give_money_back_in_parts_and_never_more_than_came(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    place = f"/api/payments/{payment['id']}/refunds"
    assert cashier.customer.post(place, {"amount": 100_000}).status_code == 403
    assert cashier.owner.post(place, {"amount": 100_000, "note": "late"}).status_code == 201
    until(lambda: [each[2] for each in cashier.refunds(booking)] == ["succeeded"], seconds=20)
    assert cashier.settled(booking, payment_status="partially_refunded")["refunded"]["amount"] == 100_000
    assert cashier.owner.post(place, {"amount": PRICE.amount - 99_999}).get_json()["code"] == "refund_too_large"
    assert cashier.owner.post(place, {}).status_code == 201
    cashier.settled(booking, payment_status="refunded")
    assert cashier.balance(booking) == 0
    assert [each["amount"]["amount"] for each in cashier.owner.get(place).get_json()["data"]] == [100_000, 350_000]


def test_cash_confirms_a_booking_and_is_handed_back(cashier: Cashier) -> None:
    booking = cashier.booked()
    open_one = cashier.ask(booking, "stripe")
    asked = {"booking_id": booking["id"], "method": "cash"}
    assert cashier.customer.post("/api/payments/offline", asked).status_code == 403
    taken = cashier.owner.post("/api/payments/offline", asked)
    assert (taken.status_code, taken.get_json()["state"]) == (201, "succeeded")
    assert cashier.look(booking)["status"] == "confirmed"
    until(lambda: cashier.payment(open_one)["state"] == "canceled", seconds=20)
    cashier.owner.turn(booking, "cancelled")
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "cancelled", "attention")], seconds=20)
    back = cashier.owner.post(f"/api/payments/{taken.get_json()['id']}/refunds", {})
    assert back.get_json()["state"] == "succeeded"
    assert (cashier.balance(booking), cashier.look(booking)["payment_status"]) == (0, "refunded")


@BOTH
@pytest.mark.parametrize("decision", ["accept", "refund"])
def test_a_wrong_amount_is_for_a_person_to_decide(cashier: Cashier, provider: str, decision: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.customer_pays(cashier.ref(payment), amount=10_000)
    until(lambda: cashier.payment(payment)["state"] == "review", seconds=20)
    assert cashier.look(booking)["status"] == "awaiting_payment"
    decided = cashier.owner.post(f"/api/payments/{payment['id']}/review", {"decision": decision})
    assert decided.get_json()["state"] == "succeeded"
    cashier.owner.turn(booking, "cancelled")
    until(lambda: cashier.balance(booking) == 0, seconds=20)


@pytest.mark.parametrize("deposit", [Deposit(percent=20), Deposit(amount=Money(90_000, "NGN"))])
def test_a_deposit_comes_first_and_the_rest_later(monkeypatch: pytest.MonkeyPatch, deposit: Deposit) -> None:
    with a_cashier(monkeypatch, deposit=deposit) as cashier:
        booking = cashier.booked()
        first = cashier.ask(booking, "stripe")
        assert (first["purpose"], first["amount"]["amount"]) == ("deposit", 90_000)
        cashier.providers.customer_pays(cashier.ref(first))
        cashier.settled(booking, status="confirmed", payment_status="paid")
        rest = cashier.ask(booking, "paystack")
        assert (rest["purpose"], rest["amount"]["amount"]) == ("balance", PRICE.amount - 90_000)
        cashier.providers.customer_pays(cashier.ref(rest))
        until(lambda: cashier.look(booking)["paid"]["amount"] == PRICE.amount, seconds=20)
        assert cashier.balance(booking) == PRICE.amount


def test_money_that_was_given_back_confirms_nothing_and_is_asked_for_again(cashier: Cashier) -> None:
    for amount in (10_000, PRICE.amount + 16_750):
        booking = cashier.booked()
        payment = cashier.ask(booking, "paystack")
        cashier.providers.customer_pays(cashier.ref(payment), amount=amount)
        if amount > PRICE.amount:  # the customer bore the fees, for all we know
            cashier.settled(booking, status="confirmed")
            cashier.owner.turn(booking, "cancelled")
            continue
        _reviewed(cashier, payment)
        cashier.owner.post(f"/api/payments/{payment['id']}/review", {"decision": "refund"})
        assert cashier.look(booking)["status"] == "awaiting_payment"
        again = cashier.ask(booking, "stripe")
        assert again["amount"]["amount"] == PRICE.amount
        cashier.customer.turn(booking, "cancelled")


def test_accepted_money_takes_the_place_of_an_expired_booking_again(cashier: Cashier) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    cashier.providers.customer_pays(cashier.ref(payment), amount=PRICE.amount + 1)
    _reviewed(cashier, payment)
    cashier.expire(booking)
    cashier.owner.post(f"/api/payments/{payment['id']}/review", {"decision": "accept"})
    cashier.settled(booking, status="confirmed")
    until(lambda: cashier.balance(booking) == PRICE.amount, seconds=20)


def test_nothing_goes_back_by_itself_while_the_bank_looks_into_it(cashier: Cashier) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, "paystack")
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    cashier.providers.customer_disputes(cashier.ref(payment))
    cashier.settled(booking, payment_status="disputed")
    cashier.owner.turn(booking, "cancelled")
    until(lambda: _is_closed(booking), seconds=20)
    assert cashier.refunds(booking) == []
    (dispute,) = cashier.providers.objects("paystack_dispute")
    cashier.providers.dispute(dispute["id"], "declined")
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "cancelled", "succeeded")], seconds=20)


def _is_closed(booking: Json) -> bool:
    """Tell whether what follows from the end of a booking was worked out."""
    mine = select(Job.state).where(Job.kind == CLOSE, Job.ref_id == parsed(Kind.BOOKING, booking["id"]))
    with transaction() as session:
        return set(session.scalars(mine)) == {State.DONE}


def _reviewed(cashier: Cashier, payment: Json) -> None:
    until(lambda: cashier.payment(payment)["state"] == "review", seconds=20)
