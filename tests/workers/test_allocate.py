"""The task that decides a lane: whatever its own job, and whoever in the lane cannot be decided."""

import importlib
import sys
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from config import logging
from config.clock import clock
from config.transaction import DatabaseAway, transaction
from domain.availability.rules.board import Board, Wish
from domain.availability.rules.model import Candidate, Refusal
from domain.bookings.tables import Booking
from domain.kernel import leases
from domain.kernel.jobs import Nudge, State
from domain.kernel.plot import ALLOCATE
from tests.builders import Shop, a_booking, a_shop, decide, weekday
from tests.workers.jobs import job_of, lapse, statuses
from workers import bookings as tasks
from workers.relay import sweep

HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _plain_logs() -> None:
    """Log as in real life; what structlog does untold takes a second for each exception."""
    logging.configure()


allocating = importlib.import_module("domain.bookings.service.allocate")  # not the function of that name


class Killed(BaseException):
    """Stands for a process that is gone: nothing of ours may catch it."""


def three(shop: Shop) -> list[Booking]:
    return [a_booking(shop, weekday() + turn * HALF_HOUR) for turn in range(3)]


def poison(monkeypatch: pytest.MonkeyPatch, bad: Booking, error: BaseException) -> None:
    """Let every attempt to decide *bad* end with *error*."""
    decided = Board.decide

    def decide_unless_bad(board: Board, wish: Wish, *, barred: Collection[UUID]) -> Candidate | Refusal:
        if wish.booking_id == bad.id:
            raise error
        return decided(board, wish, barred=barred)

    monkeypatch.setattr(Board, "decide", decide_unless_bad)


def sweep_and_work(shop: Shop) -> None:
    """Do one round of relay and workers for a shop: its leases have lapsed, each message meets a worker."""
    lapse(shop)
    sent: list[int] = []
    sweep(lambda nudge: sent.append(nudge.job_id))
    mine = _ids_of(shop)
    for job_id in [each for each in sent if each in mine]:
        try:
            tasks.allocate(job_id)
        except (ValueError, Killed):
            continue  # the worker's bad luck; the relay's next round is the answer


def _ids_of(shop: Shop) -> Collection[int]:
    with transaction() as session:
        return {job.id for job in leases.listed(session, State.READY, limit=1000) if job.lane == shop.business.id}


def test_one_message_decides_the_whole_lane() -> None:
    bookings = three(a_shop())

    tasks.allocate(job_of(bookings[2]).id)

    assert statuses(*bookings) == ["confirmed"] * 3
    assert {job_of(each).state for each in bookings} == {"done"}


def test_a_lane_that_takes_long_is_decided_in_several_transactions_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocating, "LONGEST", 0)
    monkeypatch.setattr(tasks.bookings, "LONGEST", 0)
    shop = a_shop()
    same = [a_booking(shop, weekday()) for _ in range(3)]
    other = a_booking(shop, weekday() + HALF_HOUR)
    with transaction() as session:
        assert allocating.allocate(session, shop.business.id, now=clock()) == [same[0].id]

    tasks.allocate(job_of(other).id)

    assert statuses(*same, other) == ["confirmed", "rejected", "rejected", "confirmed"]
    assert {job_of(each).state for each in (*same, other)} == {"done"}


def test_a_message_for_a_job_that_is_done_still_drains_the_lane() -> None:
    shop = a_shop()
    first = a_booking(shop, weekday())
    decide(shop)
    late = a_booking(shop, weekday() + HALF_HOUR)

    tasks.allocate(job_of(first).id)

    assert statuses(first, late) == ["confirmed", "confirmed"]


def test_a_message_for_a_job_that_never_was_does_nothing() -> None:
    tasks.allocate(2**62)


def test_one_that_cannot_be_decided_is_charged_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    first, bad, last = three(a_shop())
    poison(monkeypatch, bad, ValueError("poison"))

    tasks.allocate(job_of(first).id)

    assert statuses(first, bad, last) == ["confirmed", "pending", "confirmed"]
    job = job_of(bad)
    assert (job.state, job.attempts, job.last_error) == ("ready", 1, "ValueError('poison')")


@pytest.mark.parametrize("error", [ValueError("poison"), Killed()], ids=["raises", "kills its worker"])
def test_poison_is_dead_in_the_end_and_left_out_from_then_on(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    shop = a_shop()
    bad = a_booking(shop, weekday())
    poison(monkeypatch, bad, error)

    for _ in range(leases.ATTEMPTS + 1):
        sweep_and_work(shop)
    fine = a_booking(shop, weekday() + HALF_HOUR)
    tasks.allocate(job_of(fine).id)

    assert statuses(bad, fine) == ["pending", "confirmed"]
    assert job_of(bad).state == "dead"


@pytest.mark.parametrize("error", [ValueError("poison"), Killed()], ids=["raises", "kills its worker"])
def test_poison_that_is_suspect_holds_up_no_others_of_its_lane(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    shop = a_shop()
    bad = a_booking(shop, weekday())
    poison(monkeypatch, bad, error)
    for _ in range(leases.SUSPECT + 1):
        sweep_and_work(shop)
    others = [a_booking(shop, weekday() + turn * HALF_HOUR) for turn in range(1, 6)]

    sweep_and_work(shop)

    assert statuses(*others) == ["confirmed"] * 5


def tried(booking: Booking, times: int) -> None:
    """Let a booking have been tried, by workers that died of something else."""
    with transaction() as session:
        for _ in range(times):
            assert leases.tried(session, ALLOCATE, booking.id, now=booking.created_at)


@pytest.mark.parametrize("victim", [0, 1], ids=["the earlier", "the later"])
def test_a_worker_that_died_does_not_turn_the_order_of_acceptance_round(victim: int) -> None:
    shop = a_shop()
    rivals = [a_booking(shop, weekday()) for _ in range(2)]
    tried(rivals[victim], 2)
    lapse(shop)

    tasks.allocate(job_of(rivals[1]).id)

    assert statuses(*rivals) == ["confirmed", "rejected"]


def test_a_suspect_comes_last_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop()
    bookings = three(shop)
    tried(bookings[0], leases.SUSPECT)
    lapse(shop)
    turns: list[object] = []
    decide_once = tasks._decide  # noqa: SLF001 - one transaction's worth of deciding

    def noted(business_id: UUID, only: UUID | None = None) -> Sequence[UUID] | None:
        turns.append(only)
        return decide_once(business_id, only)

    monkeypatch.setattr(tasks, "_decide", noted)
    tasks.allocate(job_of(bookings[0]).id)

    assert turns == [None, bookings[0].id]
    assert statuses(*bookings) == ["confirmed"] * 3


def test_a_long_lane_gives_others_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop()
    bookings = three(shop)
    sent: list[object] = []
    monkeypatch.setattr(tasks, "TURN", -1.0)
    monkeypatch.setattr(sys.modules[tasks.bookings.allocate.__module__], "BATCH", 1)
    monkeypatch.setattr(tasks.bookings, "BATCH", 1)
    monkeypatch.setattr(tasks, "publish", sent.append)

    tasks.allocate(job_of(bookings[0]).id)

    assert statuses(*bookings) == ["confirmed", "pending", "pending"]
    assert sent == [Nudge(ALLOCATE, job_of(bookings[0]).id, shop.business.id)]


def test_a_database_that_is_away_costs_no_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    poison(monkeypatch, booking, DatabaseAway("away"))

    with pytest.raises(DatabaseAway):
        tasks.allocate(job_of(booking).id)

    job = job_of(booking)
    assert (job.state, job.attempts, job.leased_by) == ("ready", 0, None)
