"""Money when two workers do the same at once, or when more has happened at the provider than was known."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import transaction
from domain.catalog.rules import Deposit
from domain.kernel.ids import Kind, parsed
from domain.payments import service as payments
from domain.payments.gateway import Order
from domain.payments.tables import Payment
from tests.payments.cashier import PATHS, PRICE, Cashier, Json, a_cashier
from tests.payments.test_money_in_trouble import looked_at
from tests.receivers import until
from workers import payments as tasks

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def handed(page: Json) -> str:
    """Return the provider's name of what was handed to the customer."""
    return str(page["reference"] or page["client_secret"].split("_secret_")[0])


@BOTH
def test_what_is_handed_out_is_what_is_looked_at_though_two_have_made_it(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    with cashier.workers.paused():
        asked = cashier.customer.post(PATHS[provider], {"booking_id": booking["id"]}, Prefer="wait=1").get_json()
        payment_id = parsed(Kind.PAYMENT, asked["id"])
        with transaction() as session:
            step = payments.next_step(session, payment_id, now=clock())
            assert step is not None
            assert isinstance(step.order, Order)
        gateway = tasks.provider_of(step.account)
        other = Order(**{name: getattr(step.order, name) for name in Order.__slots__} | {"key": f"{payment_id}.2"})
        tasks.settle(payment_id, partial(gateway.create, step.order))
        tasks.settle(payment_id, partial(gateway.create, other))
    page = cashier.payment(asked)
    assert handed(page) == cashier.ref(page)
    cashier.providers.customer_pays(handed(page))
    cashier.settled(booking, status="confirmed", payment_status="paid")


def test_late_money_that_went_back_pays_for_nothing_when_the_place_is_taken_again(cashier: Cashier) -> None:
    booking = cashier.booked()
    pages = [cashier.ask(booking, each) for each in ("stripe", "paystack")]
    with cashier.workers.paused():
        cashier.expire(booking)
        rival = cashier.booked()
        cashier.providers.customer_pays(handed(pages[0]))
    until(lambda: cashier.refunds(booking) == [(PRICE.amount, "late", "succeeded")], seconds=20)
    cashier.customer.turn(rival, "cancelled")
    cashier.providers.customer_pays(handed(pages[1]))
    cashier.settled(booking, status="confirmed")
    looked_at(cashier)
    assert cashier.refunds(booking) == [(PRICE.amount, "late", "succeeded")]
    assert cashier.balance(booking) == PRICE.amount


def test_a_second_deposit_that_went_back_lowers_no_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_cashier(monkeypatch, deposit=Deposit(percent=20)) as cashier:
        booking = cashier.booked()
        pages = [cashier.ask(booking, each) for each in ("stripe", "paystack")]
        with cashier.workers.paused():
            for each in pages:
                cashier.providers.customer_pays(handed(each))
        until(lambda: cashier.refunds(booking) == [(90_000, "duplicate", "succeeded")], seconds=20)
        rest = cashier.ask(booking, "stripe")
        assert (rest["purpose"], rest["amount"]["amount"]) == ("balance", PRICE.amount - 90_000)


def test_too_much_that_a_person_gave_back_confirms_nothing(cashier: Cashier) -> None:
    booking = cashier.booked()
    page = cashier.ask(booking, "stripe")
    cashier.providers.customer_pays(handed(page), amount=PRICE.amount + 1)
    until(lambda: cashier.payment(page)["state"] == "review", seconds=20)
    cashier.owner.post(f"/api/payments/{page['id']}/review", {"decision": "refund"})
    until(lambda: cashier.refunds(booking) == [(PRICE.amount + 1, "review", "succeeded")], seconds=20)
    assert cashier.look(booking)["status"] == "awaiting_payment"
    assert cashier.ask(booking, "stripe")["amount"]["amount"] == PRICE.amount


def test_it_is_written_when_a_payment_was_first_sent(cashier: Cashier) -> None:
    page = cashier.ask(cashier.booked(), "stripe")
    with transaction() as session:
        sent = select(Payment.first_sent_at).where(Payment.id == parsed(Kind.PAYMENT, page["id"]))
        assert session.scalars(sent).one() is not None
