"""Rowdy workers and a bad world: jobs are done by several at once who are killed anywhere, by providers that fail anyhow.

Time is compressed: a look or a lease that is minutes away in life comes at any moment here, also while the call that it
waits for is still under way, as it may in life.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, func, or_, select, true, update

from config.clock import clock
from config.transaction import Session, transaction
from domain.kernel.jobs import Job, State
from domain.payments.tables import Payment, ProviderEvent, Refund
from tests.payments.cashier import OURS, Workers
from tests.standins import Providers
from workers import maintenance, payments, provider_events
from workers.tasks import TASKS

PATHS = ("/v1/payment_intents", "/v1/payment_intents/*", "/v1/refunds", "/transaction/*", "/refund", "*")
KEPT_BACK = 9  # attempts after which a job waits until all is well: time is compressed, and must kill none by itself
LIKELY = 0.03
ANSWERED = timedelta(seconds=2)  # by when a call has come to something, while all is well


class Killed(BaseException):
    """Stands for a process that is gone."""


class Fate:
    """Decides by chance who is killed, and counts where."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(f"{seed}/fate")
        self._lock = threading.Lock()
        self._mortal = threading.local()
        self.likely = LIKELY
        self.kills: Counter[str] = Counter()

    @contextmanager
    def mortal(self) -> Iterator[None]:
        """Let this thread be one that may be killed."""
        self._mortal.is_so = True
        try:
            yield
        finally:
            self._mortal.is_so = False

    def at(self, place: str) -> None:
        """Kill whoever passes here, perhaps."""
        with self._lock:
            is_over = getattr(self._mortal, "is_so", False) and self._chance.random() < self.likely
            if is_over:
                self.kills[place] += 1
        if is_over:
            raise Killed(place)


class Deadly:
    """A gateway on whose every call its caller may be killed, before or after."""

    def __init__(self, real: object, fate: Fate) -> None:
        self._real, self._fate = real, fate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - as the real one
            self._fate.at(f"before {name}")
            found = getattr(self._real, name)(*args, **more)
            self._fate.at(f"after {name}")
            return found

        return call


def deadly(monkeypatch: pytest.MonkeyPatch, fate: Fate) -> None:
    """Let workers be killed inside calls to providers, and within, before and after their transactions."""
    gateway = payments.gateway
    monkeypatch.setattr(payments, "gateway", lambda keys: Deadly(gateway(keys), fate))
    for module in (payments, provider_events):
        retried = module.retried

        def passed(work: Callable[[Session], Any], retried: Callable[..., Any] = retried) -> Any:  # noqa: ANN401
            def mortal(session: Session) -> Any:  # noqa: ANN401
                found = work(session)
                session.flush()
                fate.at("before a commit")
                return found

            found = retried(mortal)
            fate.at("after a commit")
            return found

        monkeypatch.setattr(module, "retried", passed)


class Rowdies(Workers):
    """Workers that take whatever is due, in any order, and may be killed; more than one takes the same job at times."""

    def __init__(self, fate: Fate, seed: str) -> None:
        super().__init__()
        self._fate = fate
        self._chance = random.Random(seed)

    def _once(self) -> int:
        due = self._due()
        self._chance.shuffle(due)
        for job_id, kind in due[:10]:
            try:
                with self._fate.mortal():
                    TASKS[kind](job_id)
            except Killed:
                continue  # its lease is left to lapse
            except Exception:  # noqa: BLE001, S112 - it is kept on the job, which is done again
                continue
        return len(due)

    def _due(self) -> list[tuple[int, str]]:
        fresh = (Job.attempts == 0) & Job.leased_by.is_(None) & Job.last_error.is_(None)
        ready = (Job.state == State.READY, Job.kind.in_(OURS), Job.run_at <= clock())
        with transaction() as session:
            rows = session.execute(
                select(Job.id, Job.kind).where(*ready, or_(fresh, Job.lease_until <= clock())).limit(50)
            )
            return [(job_id, kind) for job_id, kind in rows]


class World:
    """Lets faults happen to calls and webhooks, leases lapse and looks come, until it is told to be good."""

    def __init__(self, providers: Providers, seed: str) -> None:
        self._providers = providers
        self._chance = random.Random(f"{seed}/world")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.faults: Counter[str] = Counter()

    @contextmanager
    def bad(self) -> Iterator[None]:
        """Be bad for as long as the block lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join(30)

    def _run(self) -> None:
        while not self._over.wait(0.05):
            self._fail()
            self._tamper()
            if self._chance.random() < 0.2:
                self._providers.release(order="shuffled", seed=self._chance.randrange(1000), limit=10)
            if self._chance.random() < 0.3:
                pass_time(self._chance.random())

    def _fail(self) -> None:
        if self._chance.random() > 0.4 or len(self._providers.control("GET", "/failures")["data"]) > 5:
            return
        kind = self._chance.choice(["reset", "status", "status", "truncate", "slow", "slow"])
        when = self._chance.choice(["before", "after"])
        fault: dict[str, Any] = {"path": self._chance.choice(PATHS), "when": when}
        if kind == "status":
            fault |= {"status": self._chance.choice([500, 500, 502, 429]), "sticky": self._chance.random() < 0.5}
            fault["when"] = "before" if fault["status"] == 429 else when
            fault["sticky"] &= fault["status"] == 500
        if kind == "slow":
            fault["seconds"] = 0.4
        self._providers.fail(kind, **fault)
        self.faults[f"{kind} {fault['when']}"] += 1

    def _tamper(self) -> None:
        if self._chance.random() > 0.3 or len(self._providers.control("GET", "/webhooks/rules")["data"]) > 3:
            return
        what = self._chance.choice(["hold", "drop", "copies", "delay"])
        rule = {"hold": True, "drop": True, "copies": 3, "delay": 0.3}[what]
        self._providers.tamper("*", times=self._chance.randint(1, 4), **{what: rule})
        self.faults[f"webhooks: {what}"] += 1


ALL = true()
TRIED = (Job.state == State.READY, Job.kind.in_(OURS), or_(Job.attempts > 0, Job.last_error.is_not(None)))


def pass_time(share: float) -> None:
    """Let leases lapse, and looks come, of a share of all there is."""
    _lapse(func.random() < share * 0.5, Job.attempts < KEPT_BACK)
    maintenance.look_at_money()


def pass_all_time() -> None:
    """Let every lease lapse and every look come, and what is nobody's grow old."""
    _lapse()
    with transaction() as session:
        old = update(ProviderEvent).where(ProviderEvent.state == "new")
        session.execute(old.values(received_at=clock() - timedelta(hours=2)))
        session.execute(update(Job).where(*TRIED).values(attempts=1))
    maintenance.look_at_money()


def _lapse(some: ColumnElement[bool] = ALL, *jobs: ColumnElement[bool]) -> None:
    with transaction() as session:
        for table in (Payment, Refund):
            session.execute(update(table).where(table.next_look_at.is_not(None), some).values(next_look_at=clock()))
        session.execute(update(Job).where(*TRIED, some, *jobs).values(lease_until=clock()))
