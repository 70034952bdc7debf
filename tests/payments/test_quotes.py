"""Cancellation quotes: what they say, that they are held to, and whose, for what and for how long they are good."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import update
from werkzeug.test import TestResponse

from config.clock import clock
from config.transaction import transaction
from domain.bookings.tables import Booking
from domain.catalog.rules import Deposit
from domain.kernel.ids import Kind, parsed
from tests.flows.desk import Desk, said
from tests.payments.cashier import PRICE, Cashier, Json, a_cashier
from tests.receivers import until
from web.quotes import GOOD_FOR, quoted

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
POLICY = {"free_until_hours": 720, "fee_percent": 25}
STILL_FREE = {"free_until_hours": 1, "fee_percent": 25}
FEE = 112_500


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch, cancellation_policy=POLICY) as found:
        yield found


def paid(cashier: Cashier, provider: str = "stripe") -> Json:
    """Return a booking that is paid for and confirmed."""
    booking = cashier.booked()
    cashier.providers.customer_pays(cashier.ref(cashier.ask(booking, provider)))
    return cashier.settled(booking, status="confirmed")


def quote(booking: Json, who: Desk) -> Json:
    """Ask what cancelling would cost."""
    answer = who.get(f"/api/bookings/{booking['id']}/cancellation-quote")
    assert answer.status_code == 200, answer.text
    found: Json = answer.get_json()
    return found


def told(found: Json) -> tuple[int, int]:
    """Return the fee and the refund of a quote."""
    return found["fee"]["amount"], found["refund"]["amount"]


def cancelled(booking: Json, who: Desk, by: str) -> TestResponse:
    """Cancel a booking, and send the quote *by* with that."""
    body = {"status": "cancelled", "quote": by}
    return who.client.patch(f"/api/bookings/{booking['id']}/status", json=body, headers=who.signed)


def has_policy(booking: Json, policy: dict[str, int]) -> None:
    """Let a booking's policy be another one: as if its boundary had been passed, or not yet."""
    with transaction() as session:
        mine = update(Booking).where(Booking.id == parsed(Kind.BOOKING, booking["id"]))
        session.execute(mine.values(cancellation_policy=policy))


def a_quote_of(booking: Json, ago: timedelta) -> str:
    """Return a quote that its customer had so long ago, when it was free."""
    with transaction() as session:
        row = session.get_one(Booking, parsed(Kind.BOOKING, booking["id"]))
    assert row.customer_id is not None
    return quoted(row.id, row.customer_id, 0, now=clock() - ago)


@BOTH
def test_a_quote_says_what_is_kept_and_what_goes_back_and_that_is_what_happens(cashier: Cashier, provider: str) -> None:
    booking = paid(cashier, provider)
    found = quote(booking, cashier.customer)
    assert told(found) == (FEE, PRICE.amount - FEE)
    assert found["changes_at"] is None
    assert said(cancelled(booking, cashier.customer, found["quote"])) == (200, "cancelled")
    cashier.settled(booking, payment_status="partially_refunded")
    until(lambda: cashier.refunds(booking) == [(PRICE.amount - FEE, "cancelled", "succeeded")], seconds=20)
    assert cashier.balance(booking) == FEE


@BOTH
@pytest.mark.parametrize("is_sent", [True, False])
def test_no_more_is_kept_than_was_quoted_though_the_free_time_ends_in_between(
    cashier: Cashier, provider: str, *, is_sent: bool
) -> None:
    booking = paid(cashier, provider)
    has_policy(booking, STILL_FREE)
    found = quote(booking, cashier.customer)
    assert told(found) == (0, PRICE.amount)
    assert found["changes_at"] is not None
    has_policy(booking, POLICY)
    if is_sent:
        assert cancelled(booking, cashier.customer, found["quote"]).status_code == 200
    else:
        assert cashier.customer.turn(booking, "cancelled").status_code == 200
    kept = 0 if is_sent else FEE
    until(lambda: cashier.refunds(booking) == [(PRICE.amount - kept, "cancelled", "succeeded")], seconds=20)
    assert cashier.balance(booking) == kept


def test_a_quote_holds_its_customer_to_nothing(cashier: Cashier) -> None:
    booking = paid(cashier)
    found = quote(booking, cashier.customer)
    has_policy(booking, STILL_FREE)
    assert cancelled(booking, cashier.customer, found["quote"]).status_code == 200
    cashier.settled(booking, payment_status="refunded")
    assert cashier.balance(booking) == 0


def test_a_quote_is_good_for_ten_minutes(cashier: Cashier) -> None:
    booking = paid(cashier)
    until_when = quote(booking, cashier.customer)["valid_until"]
    in_time = [(clock() + timedelta(minutes=each)).isoformat() for each in (9, 11)]
    assert in_time[0] < until_when < in_time[1]
    old = a_quote_of(booking, GOOD_FOR + timedelta(seconds=2))
    assert said(cancelled(booking, cashier.customer, old)) == (409, "quote_expired")
    assert cashier.look(booking)["status"] == "confirmed"
    late = a_quote_of(booking, GOOD_FOR - timedelta(minutes=1))
    assert said(cancelled(booking, cashier.customer, late)) == (200, "cancelled")
    cashier.settled(booking, payment_status="refunded")


def test_nobody_is_held_to_the_quote_of_somebody_else(cashier: Cashier) -> None:
    booking = paid(cashier)
    free = quote(booking, cashier.owner)
    assert told(free) == (0, PRICE.amount)
    assert said(cancelled(booking, cashier.customer, free["quote"])) == (409, "quote_expired")
    theirs = quote(booking, cashier.customer)["quote"]
    assert said(cancelled(booking, cashier.owner, theirs)) == (409, "quote_expired")
    assert cashier.look(booking)["status"] == "confirmed"


def test_the_quote_of_one_booking_is_none_for_another(cashier: Cashier) -> None:
    other = cashier.booked()
    has_policy(other, STILL_FREE)
    free = quote(other, cashier.customer)
    assert told(free)[0] == 0
    cashier.customer.turn(other, "cancelled")
    booking = paid(cashier)
    assert said(cancelled(booking, cashier.customer, free["quote"])) == (409, "quote_expired")
    assert cashier.look(booking)["status"] == "confirmed"


def test_a_forged_quote_is_none(cashier: Cashier) -> None:
    booking = paid(cashier)
    good = quote(booking, cashier.customer)["quote"]
    payload, _, signature = good.rpartition(".")
    forger = URLSafeSerializer("somebody else's secret", salt="cancellation quote")
    _, content = forger.loads_unsafe(good)
    assert content[2] == FEE
    content[2] = 0
    cheap = forger.dumps(content)
    forged = (cheap, f"{cheap.rpartition('.')[0]}.{signature}", payload, f"{payload}.", "0", "")
    for each in forged:
        assert said(cancelled(booking, cashier.customer, each)) == (409, "quote_expired"), each
    assert cashier.look(booking)["status"] == "confirmed"
    assert said(cancelled(booking, cashier.customer, good)) == (200, "cancelled")


@pytest.mark.parametrize("is_sent", [True, False])
def test_who_serves_a_booking_keeps_nothing_when_they_cancel_it(cashier: Cashier, *, is_sent: bool) -> None:
    booking = paid(cashier)
    found = quote(booking, cashier.owner)
    assert (*told(found), found["changes_at"]) == (0, PRICE.amount, None)
    if is_sent:
        assert cancelled(booking, cashier.owner, found["quote"]).status_code == 200
    else:
        assert cashier.owner.turn(booking, "cancelled").status_code == 200
    cashier.settled(booking, payment_status="refunded")
    assert cashier.balance(booking) == 0


@pytest.mark.parametrize(("percent", "back"), [(10, 45_000), (25, 0)])
def test_a_fee_is_of_the_whole_price_and_no_more_than_the_deposit_is_kept(
    monkeypatch: pytest.MonkeyPatch, percent: int, back: int
) -> None:
    policy = {"free_until_hours": 720, "fee_percent": percent}
    with a_cashier(monkeypatch, cancellation_policy=policy, deposit=Deposit(percent=20)) as cashier:
        booking = paid(cashier)
        found = quote(booking, cashier.customer)
        assert found["refund"]["amount"] == back
        assert cancelled(booking, cashier.customer, found["quote"]).status_code == 200
        wanted = [(back, "cancelled", "succeeded")] if back else []
        until(lambda: cashier.refunds(booking) == wanted, seconds=20)
        until(lambda: cashier.balance(booking) == 90_000 - back, seconds=20)
        again = cashier.customer.post("/api/payments/stripe/create-payment-intent", {"booking_id": booking["id"]})
        assert said(again) == (409, "nothing_due")


def test_of_a_deposit_and_the_rest_one_fee_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_cashier(monkeypatch, cancellation_policy=POLICY, deposit=Deposit(percent=20)) as cashier:
        booking = paid(cashier)
        cashier.providers.customer_pays(cashier.ref(cashier.ask(booking, "paystack")))
        until(lambda: cashier.balance(booking) == PRICE.amount, seconds=20)
        found = quote(booking, cashier.customer)
        assert told(found) == (FEE, PRICE.amount - FEE)
        assert cancelled(booking, cashier.customer, found["quote"]).status_code == 200
        until(lambda: cashier.balance(booking) == FEE, seconds=20)


@BOTH
@pytest.mark.parametrize("policy", [POLICY, STILL_FREE])
def test_money_that_comes_after_an_unpaid_booking_was_cancelled_is_kept_up_to_the_quote(
    cashier: Cashier, provider: str, policy: dict[str, int]
) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    has_policy(booking, policy)
    found = quote(booking, cashier.customer)
    assert found["refund"]["amount"] == 0
    has_policy(booking, POLICY)
    fee = FEE if policy is POLICY else 0
    with cashier.workers.paused():
        assert cancelled(booking, cashier.customer, found["quote"]).status_code == 200
        assert (cashier.refunds(booking), cashier.balance(booking)) == ([], 0)
        cashier.providers.customer_pays(cashier.ref(payment))
    until(lambda: cashier.refunds(booking) == [(PRICE.amount - fee, "cancelled", "succeeded")], seconds=20)
    assert cashier.balance(booking) == fee
