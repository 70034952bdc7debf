"""Workers that are killed before and after each step of a payment: every promise is kept, and nothing is paid twice."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.kernel.jobs import Job, State
from domain.kernel.plot import ADVANCE, APPLY, CLOSE, REPAY
from domain.payments import service as payments
from domain.payments.tables import Refund
from tests.payments.cashier import OURS, PATHS, PRICE, Cashier, Json, a_cashier
from tests.payments.test_money_in_trouble import CREATE, MADE, REFUND, Killed
from workers import maintenance
from workers.tasks import TASKS

BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
PAID_THERE = ("succeeded", "success", "reversed")
WHEN = pytest.mark.parametrize("when", ["before", "after"])
STEPS = [
    *((ADVANCE, "next_step"), (ADVANCE, "settle"), (ADVANCE, "failed"), (APPLY, "settle"), (APPLY, "applied")),
    *((CLOSE, "close"), (REPAY, "begin_to_send"), (REPAY, "sent")),
]


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found, found.workers.paused():
        yield found


class Reaper:
    """Does the jobs of money, and is killed once at a *step* of a job of a *kind*: *before* it, or *after* its commit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kind: str, step: str, when: str) -> None:
        self.kind, self.when = kind, when
        self.killed = 0
        self.leaves = False
        self._doing: str | None = None
        monkeypatch.setattr(payments, step, self._deadly(getattr(payments, step)))

    def drain(self) -> None:
        """Do what is to be done until there is nothing more; a lease that was left behind lapses."""
        while due := self._due():
            for job_id, kind in due:
                self._do(job_id, kind)

    def _do(self, job_id: int, kind: str) -> None:
        self._doing = kind
        try:
            TASKS[kind](job_id)
        except Killed:
            if not self.leaves:
                lapse(job_id)
        finally:
            self._doing = None

    def _deadly(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - as the real one
            if self.killed or self._doing != self.kind:
                return real(*args, **more)
            self.killed += 1
            if self.when == "after":
                with transaction() as session:
                    real(session, *args[1:], **more)
            raise Killed

        return step

    def _due(self) -> list[tuple[int, str]]:
        ready = (Job.state == State.READY, Job.kind.in_(OURS), Job.run_at <= clock(), Job.leased_by.is_(None))
        with transaction() as session:
            rows = session.execute(select(Job.id, Job.kind).where(*ready).order_by(Job.id))
            return [(job_id, kind) for job_id, kind in rows]


def lapse(job_id: int) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=clock(), leased_by=None))


def paid(cashier: Cashier, reaper: Reaper, provider: str) -> tuple[Json, Json]:
    """Have a booking asked for, paid at the second try, and heard of."""
    booking = cashier.booked()
    cashier.providers.fail("status", when="before", path=CREATE[provider])
    answer = cashier.customer.post(PATHS[provider], {"booking_id": booking["id"]}, Prefer="respond-async").get_json()
    reaper.drain()
    assert cashier.payment(answer)["state"] == "open"
    cashier.providers.customer_pays(cashier.ref(answer))
    drained(cashier, reaper)
    assert cashier.look(booking)["status"] == "confirmed"
    return booking, answer


def drained(cashier: Cashier, reaper: Reaper) -> None:
    """Have all that is said heard, and all that follows done."""
    for _ in range(3):
        cashier.providers.settle()
        reaper.drain()
        _half_a_minute_passes()
        reaper.drain()


def _half_a_minute_passes() -> None:
    """Let it be over what somebody was sending who is gone."""
    with transaction() as session:
        left = update(Refund).where(Refund.sending_until.is_not(None))
        session.execute(left.values(sending_until=None, next_look_at=clock()))
    maintenance.look_at_money()


@BOTH
@WHEN
@pytest.mark.parametrize(("kind", "step"), STEPS)
def test_who_paid_and_cancelled_has_it_all_back_once_whoever_is_killed(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch, provider: str, when: str, kind: str, step: str
) -> None:
    reaper = Reaper(monkeypatch, kind, step, when)
    booking, payment = paid(cashier, reaper, provider)
    assert cashier.balance(booking) == PRICE.amount
    cashier.customer.turn(booking, "cancelled")
    drained(cashier, reaper)
    assert reaper.killed == 1
    assert cashier.refunds(booking) == [(PRICE.amount, "cancelled", "succeeded")]
    assert (cashier.look(booking)["payment_status"], cashier.balance(booking)) == ("refunded", 0)
    assert len(cashier.providers.applied("POST", f"*{REFUND[provider]}")) == 1
    paid_there = [each for each in cashier.providers.objects(MADE[provider]) if each["status"] in PAID_THERE]
    assert len(paid_there) == 1
    assert cashier.payment(payment)["state"] == "succeeded"
    assert all(state == "applied" for _, state in cashier.heard())


@BOTH
@WHEN
def test_a_part_that_was_to_go_back_is_sent_once_or_left_to_a_person(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch, provider: str, when: str
) -> None:
    """Killed before it is known whether Paystack was asked: it knows no key, and a part might go back twice."""
    reaper = Reaper(monkeypatch, REPAY, "begin_to_send", when)
    booking, payment = paid(cashier, reaper, provider)
    cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {"amount": 100_000})
    drained(cashier, reaper)
    is_left = provider == "paystack" and when == "after"
    assert cashier.refunds(booking) == [(100_000, "requested", "attention" if is_left else "succeeded")]
    assert len(cashier.providers.applied("POST", f"*{REFUND[provider]}")) == (0 if is_left else 1)
    assert cashier.balance(booking) == PRICE.amount - (0 if is_left else 100_000)


@BOTH
@WHEN
def test_a_part_that_went_back_is_found_by_who_comes_after(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch, provider: str, when: str
) -> None:
    reaper = Reaper(monkeypatch, REPAY, "sent", when)
    booking, payment = paid(cashier, reaper, provider)
    cashier.providers.tamper("*", drop=True, times=100)
    cashier.owner.post(f"/api/payments/{payment['id']}/refunds", {"amount": 100_000})
    drained(cashier, reaper)
    assert reaper.killed == 1
    (found,) = cashier.refunds(booking)
    assert found in {(100_000, "requested", "succeeded"), (100_000, "requested", "sent")}
    assert len(cashier.providers.applied("POST", f"*{REFUND[provider]}")) == 1


def test_what_a_killed_worker_has_left_is_done_by_nobody_before_its_lease_lapses(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the job was really left undone, and it is the lease that brings it to another."""
    reaper = Reaper(monkeypatch, CLOSE, "close", "before")
    reaper.leaves = True
    booking, _ = paid(cashier, reaper, "stripe")
    cashier.customer.turn(booking, "cancelled")
    drained(cashier, reaper)
    assert (reaper.killed, cashier.refunds(booking)) == (1, [])
    with transaction() as session:
        left = session.scalars(select(Job.id).where(Job.kind == CLOSE, Job.state == State.READY)).all()
    for job_id in left:
        lapse(job_id)
    drained(cashier, reaper)
    assert cashier.balance(booking) == 0
