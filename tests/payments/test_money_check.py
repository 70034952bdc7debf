"""The money check: it says nothing of sound books, and sees every wrong."""

from collections.abc import Iterator, Mapping

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.clock import clock
from config.transaction import transaction
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.catalog.rules import Deposit
from domain.kernel.ids import Kind, parsed
from domain.kernel.money import Money
from domain.payments import queries
from domain.payments import service as payments
from domain.payments.queries.invariants import INVARIANTS
from tests.builders import a_booking, a_shop, decide, weekday
from tests.payments.cashier import PRICE, Cashier, a_cashier
from tests.payments.tills import broken, ids_of, paid_in_cash, unguarded
from workers import maintenance

# Each does one wrong to the booking :booking that was paid in cash, past every guard.
DEEDS: Mapping[str, tuple[str, ...]] = {
    "ledger_as_payments": (
        "DELETE FROM ledger_entries WHERE booking_id = :booking",
        "UPDATE ledger_entries SET amount = amount + 1 WHERE booking_id = :booking",
        "UPDATE payments SET received_amount = received_amount - 1 WHERE booking_id = :booking",
        """
        INSERT INTO ledger_entries (payment_id, booking_id, business_id, kind, amount, currency, source, at)
        SELECT payment_id, booking_id, business_id, 'dispute', -1, currency, 'made up', at
          FROM ledger_entries WHERE booking_id = :booking
        """,
        """
        INSERT INTO refunds (id, payment_id, booking_id, business_id, amount, currency, reason, state)
        SELECT gen_random_uuid(), id, booking_id, business_id, 1, currency, 'requested', 'succeeded'
          FROM payments WHERE booking_id = :booking
        """,
        """
        INSERT INTO disputes (id, payment_id, booking_id, business_id, provider_ref, amount, currency, state, is_withdrawn)
        SELECT gen_random_uuid(), id, booking_id, business_id, 'made up', 1, currency, 'won', true
          FROM payments WHERE booking_id = :booking
        """,
    ),
    "bookings_as_their_payments": (
        "UPDATE bookings SET paid_amount = paid_amount - 1 WHERE id = :booking",
        "UPDATE bookings SET refunded_amount = 1 WHERE id = :booking",
        *(
            f"UPDATE bookings SET payment_status = '{each}' WHERE id = :booking"
            for each in ("not_required", "unpaid", "processing", "partially_refunded", "refunded", "disputed")
        ),
    ),
    "first_due_received": (
        "UPDATE payments SET received_amount = received_amount - 1 WHERE booking_id = :booking",
        "UPDATE payments SET state = 'review' WHERE booking_id = :booking",
        "DELETE FROM payments WHERE booking_id = :booking",
        "UPDATE bookings SET price_amount = price_amount + 1, status = 'no_show' WHERE id = :booking",
        "UPDATE bookings SET deposit_amount = 1, status = 'completed' WHERE id = :booking",
    ),
    "nothing_kept_that_is_owed": (
        *(f"UPDATE bookings SET status = '{each}' WHERE id = :booking" for each in ("declined", "expired")),
        "UPDATE bookings SET status = 'rejected', rejection_code = 'slot_taken' WHERE id = :booking",
        "UPDATE bookings SET status = 'cancelled' WHERE id = :booking",
        "UPDATE bookings SET status = 'cancelled', cancellation_fee_amount = price_amount - 1 WHERE id = :booking",
        "UPDATE bookings SET price_amount = price_amount - 1 WHERE id = :booking",
    ),
}


@pytest.fixture
def session() -> Iterator[Session]:
    with unguarded() as made:
        yield made


@pytest.mark.parametrize(("name", "deed"), [(name, deed) for name, deeds in DEEDS.items() for deed in deeds])
def test_a_wrong_about_money_is_seen(session: Session, name: str, deed: str) -> None:
    _, booking = paid_in_cash()
    assert broken(session, *ids_of(session, booking.id)) == set()
    session.execute(text(deed), {"booking": booking.id})
    assert name in broken(session, *ids_of(session, booking.id))


def test_every_invariant_of_money_has_a_deed() -> None:
    assert DEEDS.keys() == INVARIANTS.keys()


def test_a_booking_that_need_not_be_paid_first_is_confirmed_without(session: Session) -> None:
    shop = a_shop(price=PRICE, payment_required=False)
    booking = a_booking(shop, weekday())
    decide(shop)
    assert broken(session, booking.id) == set()
    session.execute(text("UPDATE bookings SET payment_status = 'unpaid' WHERE id = :id"), {"id": booking.id})
    assert broken(session, booking.id) == {"first_due_received"}


def test_a_deposit_is_all_that_is_due_at_first(session: Session) -> None:
    _, booking = paid_in_cash(deposit=Deposit(amount=Money(100_000, "NGN")))
    assert broken(session, *ids_of(session, booking.id)) == set()
    session.execute(text("UPDATE bookings SET deposit_amount = deposit_amount + 1 WHERE id = :id"), {"id": booking.id})
    assert "first_due_received" in broken(session, booking.id)


def test_what_a_cancelled_booking_owes_is_owed_when_its_close_is_done() -> None:
    shop, booking = paid_in_cash()
    with transaction() as work:
        bookings.cancel(work, booking.id, caller=shop.owner, now=clock())
    with transaction() as work:
        assert broken(work, *ids_of(work, booking.id)) == set()
        work.execute(text("UPDATE jobs SET state = 'dead' WHERE ref_id = :id"), {"id": booking.id})
        assert broken(work, *ids_of(work, booking.id)) == {"nothing_kept_that_is_owed"}
        work.rollback()
    with transaction() as work:
        payments.close(work, booking.id, now=clock())
    with transaction() as work:
        assert [each.state for each in queries.books(work, work.get_one(Booking, booking.id)).refunds] == ["attention"]
        assert broken(work, *ids_of(work, booking.id)) == set()


def warned(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Let beat check; return how many of each kind it warns of."""
    heard = structlog.testing.CapturingLogger()
    monkeypatch.setattr(maintenance, "log", heard)
    maintenance.check_money()
    assert {(each.method_name, *each.args) for each in heard.calls} <= {("warning", "money_difference")}
    return {each.kwargs["check"]: each.kwargs["count"] for each in heard.calls}


def test_beat_warns_of_every_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    _, booking = paid_in_cash()
    wrong = text("UPDATE bookings SET paid_amount = :paid WHERE id = :id")
    before = warned(monkeypatch)
    with transaction() as work:
        work.execute(wrong, {"id": booking.id, "paid": 1})
    after = warned(monkeypatch)
    with transaction() as work:
        work.execute(wrong, {"id": booking.id, "paid": PRICE.amount})
    name = "bookings_as_their_payments"
    assert after == before | {name: before.get(name, 0) + 1}


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def test_money_is_right_at_every_moment_of_its_way_and_back(cashier: Cashier, session: Session) -> None:
    booking = cashier.booked()
    booking_id = parsed(Kind.BOOKING, booking["id"])
    assert booking_id is not None
    payment = cashier.ask(booking, "stripe")
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed")
    assert broken(session, *ids_of(session, booking_id)) == set()
    cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {"amount": 100_000})
    cashier.settled(booking, payment_status="partially_refunded")
    assert broken(session, *ids_of(session, booking_id)) == set()
    (made,) = cashier.providers.objects("refund")
    cashier.providers.refund(made["id"], "fail")
    cashier.settled(booking, payment_status="paid")
    dispute = cashier.providers.customer_disputes(cashier.ref(payment))
    cashier.settled(booking, payment_status="disputed")
    assert broken(session, *ids_of(session, booking_id)) == set()
    cashier.providers.dispute(dispute["id"], "win")
    cashier.settled(booking, payment_status="paid")
    cashier.customer.turn(booking, "cancelled")
    cashier.settled(booking, payment_status="refunded")
    assert broken(session, *ids_of(session, booking_id)) == set()
