"""Money when the same is done at the same time: a button that is pressed twice, and a beat that ticks twice."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import func, select, update

from config.clock import clock
from config.transaction import transaction
from domain.kernel import locks
from domain.kernel.ids import Kind, parsed
from domain.kernel.jobs import Job
from domain.kernel.plot import ADVANCE
from domain.payments import service as payments
from domain.payments.tables import Payment
from tests.application import application
from tests.payments.cashier import PATHS, Cashier, Json, a_cashier
from tests.payments.test_money_in_trouble import MADE
from tests.races.rivals import together
from workers import maintenance

ASKING = importlib.import_module("domain.payments.service.ask")  # its name in the package is the function
BOTH = pytest.mark.parametrize("provider", ["stripe", "paystack"])
CLICKS = 6


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


class Meeting:
    """Notes whether two are ever about to write a payment at the same time; the first waits *patience* for the second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, patience: float = 1) -> None:
        self.happened = False
        self._patience = patience
        self._gate, self._real = threading.Barrier(2), ASKING._requested  # noqa: SLF001 - between look and leap
        monkeypatch.setattr(ASKING, "_requested", self._entered)

    def _entered(self, *args: Any, **more: Any) -> Payment:  # noqa: ANN401 - as the real one
        with suppress(threading.BrokenBarrierError):
            self._gate.wait(timeout=self._patience)
            self.happened = True
        return self._real(*args, **more)


def clicks(cashier: Cashier, booking: Json, provider: str, count: int) -> list[Json]:
    """Ask for the same payment several times at once, each by a connection of its own."""
    signed = cashier.customer.signed
    app = application()

    def click() -> Json:
        answer = app.test_client().post(PATHS[provider], json={"booking_id": booking["id"]}, headers=signed)
        return {"status": answer.status_code, **answer.get_json()}

    return together(*[click] * count)


@BOTH
def test_who_clicks_many_times_at_once_is_handed_one_payment(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    booking, meeting = cashier.booked(), Meeting(monkeypatch)
    found = clicks(cashier, booking, provider, CLICKS)
    assert {each["status"] for each in found} == {201}
    assert len({each["id"] for each in found}) == 1
    assert not meeting.happened
    assert len(cashier.providers.objects(MADE[provider])) == 1


def test_without_the_lock_two_clicks_would_meet(cashier: Cashier, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    booking, meeting = cashier.booked(), Meeting(monkeypatch, patience=30)

    def unlocked(session: Any, row: Any, *where: Any) -> Any:  # noqa: ANN401 - as the real one
        locks.enter(session, row.__tablename__)
        return session.scalars(select(row).where(*where)).all()

    monkeypatch.setattr(locks, "rows_for_update", unlocked)
    clicks(cashier, booking, "stripe", 2)
    assert meeting.happened


def jobs_of(payment: Json) -> int:
    """Count the jobs that there were of a payment."""
    mine = select(func.count()).select_from(Job).where(Job.kind == ADVANCE)
    with transaction() as session:
        return session.scalar(mine.where(Job.ref_id == parsed(Kind.PAYMENT, payment["id"]))) or 0


@pytest.fixture
def due(cashier: Cashier) -> Iterator[Json]:
    """Yield a payment whose look is due, of which nothing else is being done."""
    payment = cashier.ask(cashier.booked(), "stripe")
    with cashier.workers.paused():
        with transaction() as session:
            session.execute(update(Job).values(state="done", finished_at=clock(), leased_by=None))
            session.execute(update(Payment).where(Payment.next_look_at.is_not(None)).values(next_look_at=clock()))
        yield payment


def test_beats_that_tick_at_once_give_one_job(due: Json) -> None:
    before = jobs_of(due)
    together(*[maintenance.look_at_money] * 6)
    assert jobs_of(due) == before + 1


def test_a_beat_passes_over_what_another_is_claiming_and_does_not_wait_for_it(due: Json) -> None:
    before, claimed, passed = jobs_of(due), threading.Event(), threading.Event()
    second: list[bool] = []

    def slow() -> None:
        with transaction() as session:
            payments.claim_due(session, now=clock())
            claimed.set()
            second.append(passed.wait(timeout=20))

    def quick() -> None:
        assert claimed.wait(timeout=20)
        maintenance.look_at_money()
        passed.set()

    together(slow, quick)
    assert second == [True]
    assert jobs_of(due) == before + 1
