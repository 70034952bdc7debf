"""Money under chaos: whatever fails, whoever is killed, in the end every kobo is where it should be."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from sqlalchemy import exists, func, select

from config.clock import clock
from config.transaction import retried, transaction
from domain.bookings import service as bookings
from domain.kernel.jobs import Job
from domain.payments.tables import Payment, Refund
from tests.payments.cashier import OURS, Cashier, a_cashier
from tests.payments.crowds import Crowd, end_all
from tests.payments.reckoning import reckoned
from tests.payments.rowdies import Fate, Rowdies, World, deadly, pass_all_time
from tests.standins import PAYSTACK

SEED = os.environ.get("MONEY_SEED", "1")
POLICY = {"free_until_hours": 720, "fee_percent": 25}
PATIENCE = 120
A_WHILE = 10  # for what has failed is tried again when its lease is over
Report = Callable[[str], None]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Say something that is shown whether or not the test passes."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n  {line}", end="")  # noqa: T201 - the figures are what the run is for

    return say


@pytest.mark.chaos
@pytest.mark.parametrize("count", [28, pytest.param(200, marks=pytest.mark.long)])
def test_in_the_end_every_kobo_is_where_it_should_be(
    monkeypatch: pytest.MonkeyPatch, report: Report, count: int
) -> None:
    fate = Fate(SEED)
    with a_cashier(monkeypatch, cancellation_policy=POLICY) as cashier, cashier.workers.paused():
        deadly(monkeypatch, fate)
        world, crowd = World(cashier.providers, SEED), Crowd(cashier, SEED)
        with ExitStack() as stack:
            for number in range(3):
                stack.enter_context(Rowdies(fate, f"{SEED}/{number}"))
            with world.bad():
                crowd.play(count)
                time.sleep(1)
            _heal(cashier, fate)
            _grow_quiet(cashier)
            by_hand = _do_what_needs_a_person(cashier)
            _grow_quiet(cashier)
        verdict = reckoned(cashier.providers, cashier.shop.business.id)
    for name, value in {
        "seed": SEED,
        "plans": dict(crowd.plans),
        "told": dict(crowd.told),
        "faults": dict(world.faults),
        "kills": dict(fate.kills),
        "counts": dict(verdict.counts),
        "refunded by hand": by_hand,
        "difference": verdict.difference,
    }.items():
        report(f"{name}: {value}")
    assert world.faults
    assert fate.kills, "nobody was killed: then this shows nothing about who is"
    assert crowd.errors == []
    assert list(verdict.wrongs) == []
    assert verdict.difference == 0


def _heal(cashier: Cashier, fate: Fate) -> None:
    """Let all go well from now on."""
    fate.likely = 0
    cashier.providers.heal()
    cashier.providers.release(order="shuffled", seed=7)


def _grow_quiet(cashier: Cashier) -> None:
    """Let holds run out and every look come, and wait until nothing changes by that any more."""
    deadline, before = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        cashier.providers.settle()
        with transaction() as session:
            end_all(session)
        retried(lambda session: bookings.expire_holds(session, now=clock()))
        pass_all_time()
        patience = min(time.monotonic() + A_WHILE, deadline)
        while _ready() and time.monotonic() < patience:
            time.sleep(0.1)
        now = _state()
        if now == before and not _sending():
            return
        before = now
    raise AssertionError(f"it grows not quiet: {_ready()} jobs are ready")


def _ready() -> int:
    with transaction() as session:
        ready = select(func.count()).select_from(Job)
        return session.scalar(ready.where(Job.state == "ready", Job.kind.in_(OURS))) or 0


def _sending() -> bool:
    with transaction() as session:
        waits = select(Refund.id).where(Refund.state == "pending", Refund.sending_until.is_not(None))
        return session.scalar(select(exists(waits))) or False


def _state() -> str:
    with transaction() as session:
        rows: list[Any] = []
        for table in (Payment, Refund):
            rows += session.execute(select(table.id, table.state, table.version).order_by(table.id)).all()
        rows += session.execute(select(Job.id).where(Job.state != "done", Job.kind.in_(OURS)).order_by(Job.id)).all()
        return repr(rows)


def _do_what_needs_a_person(cashier: Cashier) -> int:
    """Give back at Paystack itself what could not be told to have been sent; return how many that were."""
    with transaction() as session:
        owed = session.execute(
            select(Refund, Payment).join(Payment, Payment.id == Refund.payment_id).where(Refund.state == "attention")
        ).all()
    for refund, payment in owed:
        answer = requests.post(
            f"{cashier.providers.paystack_base}/refund",
            json={"transaction": payment.provider_ref, "amount": refund.amount},
            headers={"Authorization": f"Bearer {PAYSTACK.secret_keys[0]}"},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
    return len(owed)
