"""The relay: what nobody brought on its way is published again, one message for each lane."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from kombu.exceptions import OperationalError

from config.clock import clock
from domain.kernel import leases
from domain.kernel.jobs import Nudge
from tests.builders import Shop, a_booking, a_shop, weekday
from tests.workers.jobs import job_of, lapse
from workers.relay import sweep

HALF_HOUR = timedelta(minutes=30)


class Broker:
    """Takes what it is sent, or refuses everything from the *refuses*th message on."""

    def __init__(self, refuses: int | None = None) -> None:
        self.refuses = refuses
        self.asked: list[Nudge] = []

    def __call__(self, nudge: Nudge) -> None:
        """Take a message, as `publish` would."""
        self.asked.append(nudge)
        if self.refuses is not None and len(self.asked) >= self.refuses:
            raise OperationalError("away")

    def lanes(self) -> list[UUID | None]:
        """Return whom each message was for."""
        return [nudge.lane for nudge in self.asked]


def lapsed_shop(bookings: int) -> Shop:
    shop = a_shop()
    for turn in range(bookings):
        a_booking(shop, weekday() + turn * HALF_HOUR)
    lapse(shop)
    return shop


def test_a_lane_with_many_lapsed_jobs_gets_one_message() -> None:
    crowded, quiet = lapsed_shop(5), lapsed_shop(1)
    broker = Broker()

    assert sweep(broker) >= 6

    assert broker.lanes().count(crowded.business.id) == 1
    assert broker.lanes().count(quiet.business.id) == 1


def test_a_job_whose_lease_runs_is_left_alone() -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    broker = Broker()

    sweep(broker)

    assert shop.business.id not in broker.lanes()
    assert job_of(booking).published == 0


def test_a_swept_job_is_leased_again_and_not_swept_twice() -> None:
    shop = lapsed_shop(1)
    sweep(Broker())
    broker = Broker()

    sweep(broker)

    assert shop.business.id not in broker.lanes()


def test_a_refusing_broker_is_asked_once_and_the_jobs_are_tried_again_shortly() -> None:
    shops = [a_shop() for _ in range(3)]
    bookings = [a_booking(shop, weekday()) for shop in shops]
    for shop in shops:
        lapse(shop)
    broker = Broker(refuses=1)

    sweep(broker)

    assert len(broker.asked) == 1
    for job in map(job_of, bookings):
        assert job.published == 0  # so that an outage does not slow down what comes after it
        assert job.lease_until <= clock() + leases.BROKER_AWAY


def test_what_went_out_before_the_refusal_stays_out() -> None:
    first, second = lapsed_shop(1), a_shop()
    unlucky = a_booking(second, weekday())
    lapse(second, behind=timedelta(hours=1))
    sent = Broker(refuses=None)
    sweep_until_refused = _refusing(second, sent)

    sweep(sweep_until_refused)

    assert first.business.id in sent.lanes()
    assert job_of(unlucky).published == 0


def test_more_jobs_than_a_batch_are_all_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BATCH", 2)
    shops = [lapsed_shop(1) for _ in range(5)]
    broker = Broker()

    sweep(broker)

    assert {shop.business.id for shop in shops} <= set(broker.lanes())


def _refusing(shop: Shop, others: Broker) -> Callable[[Nudge], None]:
    def send(nudge: Nudge) -> None:
        if nudge.lane == shop.business.id:
            raise OperationalError("away")
        others(nudge)

    return send
