"""A cashier: a shop whose services cost something, both providers stood in for, and workers that do the jobs of money."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import pytest
from sqlalchemy import select, update
from werkzeug.serving import make_server

from config.clock import clock
from config.settings import settings
from config.transaction import transaction
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed, shown
from domain.kernel.jobs import Job, State
from domain.kernel.money import Money
from domain.kernel.plot import ADVANCE, APPLY, CLOSE, RECONCILE, REPAY
from domain.payments.tables import LedgerEntry, Payment, ProviderEvent, Refund
from tests.application import application
from tests.builders import Shop, a_shop, a_user, decide
from tests.flows.desk import Desk, a_wish, desk
from tests.receivers import until
from tests.standins import Providers, standing_in
from workers.tasks import TASKS

OURS = (ADVANCE, APPLY, CLOSE, RECONCILE, REPAY)
PATHS = {"stripe": "/api/payments/stripe/create-payment-intent", "paystack": "/api/payments/paystack/initialize"}
PRICE = Money(450_000, "NGN")
Json = dict[str, Any]


class Workers:
    """Do the jobs of money, one after the other, in a thread: as Celery's would, but for the broker."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._paused = threading.Event()
        self._busy = threading.RLock()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave what is to be done undone; what was begun is ended first. A pause within another does not end that."""
        with self._busy:
            was_paused = self._paused.is_set()
            self._paused.set()
        try:
            yield
        finally:
            if not was_paused:
                self._paused.clear()

    def once(self) -> int:
        """Do what is to be done now, after what was begun before; return how many jobs that were."""
        with self._busy:
            return self._once()

    def _once(self) -> int:
        with transaction() as session:
            ready = select(Job.id, Job.kind).where(Job.state == State.READY, Job.kind.in_(OURS), Job.run_at <= clock())
            due = session.execute(ready.where(Job.leased_by.is_(None)).order_by(Job.id)).all()
        for job_id, kind in due:
            try:
                TASKS[kind](job_id)
            except Exception:  # noqa: BLE001, S112 - it is kept on the job, which is done again
                continue
        return len(due)

    def _work(self) -> None:
        while not self._over.wait(0.02):
            with self._busy:
                if not self._paused.is_set():
                    self._once()


@dataclass(frozen=True)
class Cashier:
    """Everything at hand: the shop, its customer, who serves, the providers, the workers."""

    shop: Shop
    customer: Desk
    owner: Desk
    providers: Providers
    workers: Workers
    web: str
    began: datetime

    def booked(self, **more: Any) -> Json:  # noqa: ANN401 - JSON
        """Book, and return the booking that awaits its payment."""
        made = self.customer.book(a_wish(self.shop, **more)).get_json()
        decide(self.shop)
        return self.look(made)

    def look(self, booking: Json) -> Json:
        """Read a booking."""
        found: Json = self.owner.look(booking).get_json()
        return found

    def ask(self, booking: Json, provider: str, **more: Any) -> Json:  # noqa: ANN401 - JSON
        """Ask for its payment, and return that."""
        answer = self.customer.post(PATHS[provider], {"booking_id": booking["id"], **more})
        assert answer.status_code == 201, answer.text
        found: Json = answer.get_json()
        return found

    def payment(self, payment: Json) -> Json:
        """Read a payment."""
        found: Json = self.customer.get(f"/api/payments/{payment['id']}").get_json()
        return found

    def ref(self, payment: Json) -> str:
        """Return the provider's name of a payment."""
        with transaction() as session:
            row = session.get_one(Payment, parsed(Kind.PAYMENT, payment["id"]))
        assert row.provider_ref is not None
        return row.provider_ref

    def settled(self, booking: Json, **wanted: str) -> Json:
        """Return a booking once it is as *wanted*."""
        until(lambda: wanted.items() <= self.look(booking).items(), seconds=20)
        return self.look(booking)

    def refunds(self, booking: Json) -> list[tuple[int, str, str]]:
        """Return amount, reason and state of each refund."""
        with transaction() as session:
            rows = session.scalars(select(Refund).where(Refund.booking_id == _id(booking)).order_by(Refund.id))
            return [(row.amount, row.reason, row.state) for row in rows]

    def balance(self, booking: Json) -> int:
        """Return what the ledger has of a booking, without fees."""
        with transaction() as session:
            rows = session.scalars(select(LedgerEntry).where(LedgerEntry.booking_id == _id(booking)))
            return sum(row.amount for row in rows if row.kind != "fee")

    def expire(self, booking: Json) -> None:
        """Let the hold of a booking run out, and be ended: what a worker has in hand would be left to it."""
        from domain.bookings import service  # noqa: PLC0415

        with transaction() as session:
            past = update(Booking).where(Booking.id == _id(booking))
            session.execute(past.values(hold_expires_at=clock() - timedelta(seconds=1)))
        with self.workers.paused(), transaction() as session:
            service.expire_holds(session, now=clock())
        assert self.look(booking)["status"] == "expired"

    def heard(self) -> list[tuple[str, str]]:
        """Return kind and state of every webhook."""
        with transaction() as session:
            since = select(ProviderEvent).where(ProviderEvent.received_at >= self.began)
            return [(row.kind, row.state) for row in session.scalars(since)]


@contextmanager
def a_cashier(monkeypatch: pytest.MonkeyPatch, **service: Any) -> Iterator[Cashier]:  # noqa: ANN401
    """Open a shop where a haircut costs 4,500 naira, or what *service* says."""
    server = make_server("127.0.0.1", 0, application(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with (
        standing_in(f"http://127.0.0.1:{server.port}") as providers,
        knowing(monkeypatch, providers.environment),
    ):
        _forget_others()
        shop = a_shop(**{"price": PRICE, **service})
        with Workers() as workers:
            yield Cashier(
                shop, desk(a_user()), desk(shop.owner), providers, workers, f"http://127.0.0.1:{server.port}", clock()
            )
    server.shutdown()
    server.server_close()


def _forget_others() -> None:
    """Leave nothing to be done of what other tests of this process have begun."""
    with transaction() as session:
        session.execute(update(Job).where(Job.kind.in_(OURS)).values(state=State.DONE, finished_at=clock()))
        for table in (Payment, Refund):
            session.execute(update(table).values(next_look_at=None))


@contextmanager
def knowing(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Iterator[None]:
    """Let the settings be read anew."""
    with monkeypatch.context() as now:
        for name, value in environment.items():
            now.setenv(name, value)
        settings.cache_clear()
        yield
    settings.cache_clear()


def _id(booking: Json) -> Any:  # noqa: ANN401 - a UUID
    return parsed(Kind.BOOKING, booking["id"])


__all__ = ["Cashier", "Workers", "a_cashier", "shown"]
