"""Reconciliation: what is different at the provider is told to the business whose payment it is, and repaired by a look."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Role
from domain.kernel.ids import Kind, parsed, shown
from domain.payments.rules.reconciling import Side, difference_of
from domain.payments.rules.states import Provider, State
from domain.payments.tables import Payment
from tests.builders import a_member, a_shop, a_user
from tests.flows.desk import Desk, desk
from tests.payments.cashier import PRICE, Cashier, a_cashier
from tests.receivers import until
from workers import payments as tasks

PLACE = "/api/payments/reconciliation"
BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
Json = dict[str, Any]


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def span(business_id: Any, **more: timedelta) -> Json:  # noqa: ANN401 - a UUID
    now = clock().replace(microsecond=0)
    since, end = more.get("since", timedelta(hours=-1)), more.get("until", timedelta(hours=1))
    return {
        "business_id": shown(Kind.BUSINESS, business_id),
        "since": (now + since).isoformat(),
        "until": (now + end).isoformat(),
    }


def compared(who: Desk, business_id: Any, **more: timedelta) -> Json:  # noqa: ANN401 - a UUID
    """Compare, and return the run when it is over."""
    started = who.post(PLACE, span(business_id, **more))
    assert (started.status_code, started.get_json()["state"]) == (202, "running"), started.text
    place = started.headers["Location"]
    until(lambda: who.get(place).get_json()["state"] != "running", seconds=20)
    found: Json = who.get(place).get_json()
    assert found["id"] == started.get_json()["id"]
    return found


def open_payment(cashier: Cashier, provider: str) -> Json:
    return cashier.ask(cashier.booked(), provider)


def change(payment: Json, **values: object) -> None:
    """Write over a payment, past the application."""
    with transaction() as session:
        session.execute(update(Payment).where(Payment.id == parsed(Kind.PAYMENT, payment["id"])).values(**values))


@BOTH
def test_there_is_no_difference_where_all_is_well(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    assert compared(cashier.owner, cashier.shop.business.id)["differences"] == []
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    assert compared(cashier.owner, cashier.shop.business.id)["differences"] == []
    cashier.owner.turn(booking, "cancelled")
    cashier.settled(booking, payment_status="refunded")
    run = compared(cashier.owner, cashier.shop.business.id)
    assert (run["state"], run["failure_code"], run["differences"]) == ("done", None, [])


@BOTH
def test_a_payment_that_nobody_heard_of_is_repaired_by_a_look(cashier: Cashier, provider: str) -> None:
    cashier.providers.tamper("*", drop=True, times=100)
    payment = open_payment(cashier, provider)
    cashier.providers.customer_pays(cashier.ref(payment))
    (found,) = compared(cashier.owner, cashier.shop.business.id)["differences"]
    assert (found["kind"], found["ours"], found["theirs"]) == ("state", "open", "succeeded")
    assert (found["payment_id"], found["provider_ref"]) == (payment["id"], cashier.ref(payment))
    method, _, path = found["repair"].partition(" ")
    assert method == "GET"
    assert cashier.owner.get(path).get_json()["state"] == "succeeded"
    assert compared(cashier.owner, cashier.shop.business.id)["differences"] == []


@BOTH
def test_an_amount_that_is_another_is_told(cashier: Cashier, provider: str) -> None:
    booking = cashier.booked()
    payment = cashier.ask(booking, provider)
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    change(payment, received_amount=1)
    (found,) = compared(cashier.owner, cashier.shop.business.id)["differences"]
    assert (found["kind"], found["ours"], found["theirs"]) == ("amount", "1 NGN", f"{PRICE.amount} NGN")


@BOTH
def test_a_payment_that_the_provider_does_not_know_is_missing_there(cashier: Cashier, provider: str) -> None:
    payment = open_payment(cashier, provider)
    change(payment, provider_ref="pi_none" if provider == "stripe" else "none")
    found = compared(cashier.owner, cashier.shop.business.id)["differences"]
    assert [(each["kind"], each["ours"], each["theirs"]) for each in found] == [("missing_there", "open", None)]


@BOTH
def test_a_payment_whose_name_is_lost_is_missing_here(cashier: Cashier, provider: str) -> None:
    payment = open_payment(cashier, provider)
    ref = cashier.ref(payment)
    change(payment, provider_ref=None)
    found = compared(cashier.owner, cashier.shop.business.id)["differences"]
    assert [(each["kind"], each["provider_ref"], each["payment_id"]) for each in found] == [
        ("missing_here", ref, payment["id"])
    ]
    assert found[0]["repair"]


@BOTH
def test_money_by_a_second_name_is_for_a_person(cashier: Cashier, provider: str) -> None:
    cashier.providers.tamper("*", drop=True, times=100)
    payment = open_payment(cashier, provider)
    ref = cashier.ref(payment)
    change(payment, provider_ref="pi_other" if provider == "stripe" else "other")
    kinds = [each["kind"] for each in compared(cashier.owner, cashier.shop.business.id)["differences"]]
    assert kinds == ["missing_there"]
    cashier.providers.customer_pays(ref)
    found = compared(cashier.owner, cashier.shop.business.id)["differences"]
    second = next(each for each in found if each["kind"] == "missing_here")
    assert (second["provider_ref"], second["theirs"], second["repair"]) == (ref, "succeeded", None)


def test_what_was_made_later_than_the_time_asked_for_is_looked_up(cashier: Cashier) -> None:
    payment = open_payment(cashier, "stripe")
    change(payment, first_sent_at=clock() - timedelta(hours=3))
    ago = {"since": timedelta(hours=-4), "until": timedelta(hours=-2)}
    assert compared(cashier.owner, cashier.shop.business.id, **ago)["differences"] == []


def test_nothing_is_told_of_anothers_payments_by_the_same_account(cashier: Cashier) -> None:
    cashier.providers.tamper("*", drop=True, times=100)
    theirs = open_payment(cashier, "stripe")
    cashier.providers.customer_pays(cashier.ref(theirs))
    other = a_shop(price=PRICE)
    with transaction() as session:
        row = session.get_one(Payment, parsed(Kind.PAYMENT, theirs["id"]))
        mine = Payment(booking_id=row.booking_id, business_id=other.business.id, account_id=row.account_id,
                       provider="stripe", purpose="price", amount=5, currency="NGN", state="canceled",
                       asked_by=row.asked_by, first_sent_at=clock(), provider_ref="pi_mine")  # fmt: skip
        session.add(mine)
    run = compared(desk(other.owner), other.business.id)
    assert [each["kind"] for each in run["differences"]] == ["missing_there"]
    assert cashier.ref(theirs) not in str(run)
    with transaction() as session:
        session.delete(session.get_one(Payment, mine.id))


def test_a_provider_that_is_away_fails_the_run_and_not_the_job(cashier: Cashier) -> None:
    open_payment(cashier, "stripe")
    cashier.providers.fail("reset", when="before", path="/v1/payment_intents", times=10)
    run = compared(cashier.owner, cashier.shop.business.id)
    assert (run["state"], run["differences"]) == ("failed", [])
    assert run["failure_code"]


def test_one_comparison_is_made_at_a_time(cashier: Cashier) -> None:
    business_id = cashier.shop.business.id
    with cashier.workers.paused():
        assert cashier.owner.post(PLACE, span(business_id)).status_code == 202
        again = cashier.owner.post(PLACE, span(business_id))
        assert (again.status_code, again.get_json()["code"]) == (409, "reconciliation_running")
    until(lambda: cashier.owner.post(PLACE, span(business_id)).status_code == 202, seconds=20)


def test_what_takes_too_long_asks_for_a_shorter_time(cashier: Cashier, monkeypatch: pytest.MonkeyPatch) -> None:
    open_payment(cashier, "stripe")
    monkeypatch.setattr(tasks, "PATIENCE", -1.0)
    run = compared(cashier.owner, cashier.shop.business.id)
    assert (run["state"], run["failure_code"]) == ("failed", "too_much")


def test_owners_and_admins_may_and_nobody_else(cashier: Cashier) -> None:
    business_id = cashier.shop.business.id
    place = f"{PLACE}?business_id={shown(Kind.BUSINESS, business_id)}"
    staff, stranger = desk(a_member(cashier.shop, Role.STAFF)), desk(a_user())
    for who, code in ((staff, "admins_only"), (stranger, "members_only")):
        assert who.post(PLACE, span(business_id)).get_json()["code"] == code
        assert who.get(place).get_json()["code"] == code
    assert cashier.owner.get(place).status_code == 404
    compared(desk(a_member(cashier.shop, Role.ADMIN)), business_id)
    assert cashier.owner.get(place).status_code == 200


@pytest.mark.parametrize("days", [0, -1, 32])
def test_at_most_31_days_are_compared(cashier: Cashier, days: int) -> None:
    wrong = span(cashier.shop.business.id, since=timedelta(0), until=timedelta(days=days))
    assert cashier.owner.post(PLACE, wrong).status_code == 422


SUCCEEDED = Side(State.SUCCEEDED, 100, "NGN", 100)


@pytest.mark.parametrize(
    ("provider", "ours", "theirs", "kind"),
    [
        (Provider.STRIPE, SUCCEEDED, SUCCEEDED, None),
        (Provider.PAYSTACK, SUCCEEDED, SUCCEEDED._replace(received=103), None),
        (Provider.STRIPE, SUCCEEDED, SUCCEEDED._replace(received=103), "amount"),
        (Provider.PAYSTACK, SUCCEEDED, SUCCEEDED._replace(received=99), "amount"),
        (Provider.STRIPE, SUCCEEDED, SUCCEEDED._replace(amount=99), "amount"),
        (Provider.STRIPE, SUCCEEDED, SUCCEEDED._replace(amount=None), "amount"),
        (Provider.STRIPE, SUCCEEDED, SUCCEEDED._replace(currency="USD"), "amount"),
        (Provider.STRIPE, SUCCEEDED, SUCCEEDED._replace(state=State.OPEN), "state"),
        (Provider.PAYSTACK, SUCCEEDED._replace(state=State.CANCELED), SUCCEEDED._replace(state=State.OPEN), None),
        (Provider.STRIPE, SUCCEEDED._replace(state=State.CANCELED), SUCCEEDED._replace(state=State.OPEN), "state"),
        (Provider.STRIPE, SUCCEEDED._replace(state=State.REVIEW, received=0), SUCCEEDED._replace(currency="USD"), None),
        (Provider.STRIPE, SUCCEEDED._replace(state=State.REVIEW, received=90), SUCCEEDED._replace(received=90), None),
        (Provider.STRIPE, SUCCEEDED._replace(state=State.REVIEW, received=90), SUCCEEDED._replace(received=91), "amount"),
    ],
)  # fmt: skip
def test_what_makes_a_difference(provider: Provider, ours: Side, theirs: Side, kind: str | None) -> None:
    found = difference_of(provider, ours, theirs)
    assert (found[0] if found else None) == kind
