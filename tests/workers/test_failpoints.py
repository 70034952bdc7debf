"""A worker that dies between two commits: what it was doing is done once, by the next."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from config.transaction import transaction
from domain.bookings import queries
from domain.bookings.tables import Booking
from domain.kernel.jobs import Job
from tests.builders import Shop, a_booking, a_shop, weekday
from tests.servers import ROOT
from tests.workers.jobs import job_of, lapse, statuses
from workers import bookings as tasks
from workers.relay import sweep

DYING = """
import os, sys
from unittest import mock
from workers import bookings

with mock.patch(sys.argv[2], side_effect=lambda *_, **__: os._exit(9)):
    bookings.allocate(int(sys.argv[1]))
"""
# What is never reached; nothing after the named step has happened.
POINTS: Mapping[str, str] = {
    "the job is leased": "workers.bookings.drain",
    "its booking is decided but not committed": "domain.kernel.jobs.finish",
}


def die(booking: Booking, at: str) -> None:
    command = [sys.executable, "-c", DYING, str(job_of(booking).id), at]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 9, answer.stderr


def swept(shop: Shop, job: Job) -> bool:
    sent: list[int] = []
    sweep(lambda nudge: sent.append(nudge.job_id))
    assert job.lane == shop.business.id
    return job.id in sent


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_dies_once(point: str) -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())

    die(booking, POINTS[point])

    assert statuses(booking) == ["pending"]
    held = job_of(booking)
    assert (held.state, held.attempts, held.leased_by is None) == ("ready", 1, False)
    assert not swept(shop, held), "its lease still runs: it may just be slow"
    lapse(shop)
    assert swept(shop, held)
    tasks.allocate(held.id)
    assert statuses(booking) == ["confirmed"]
    assert (job_of(booking).state, job_of(booking).attempts) == ("done", 2)


def test_a_message_that_comes_again_after_the_commit_decides_nothing_twice() -> None:
    shop = a_shop()
    booking = a_booking(shop, weekday())
    tasks.allocate(job_of(booking).id)

    tasks.allocate(job_of(booking).id)

    with transaction() as session:
        assert [move.to_status for move in queries.history(session, booking.id, after=0, limit=9)] == [
            "pending",
            "confirmed",
        ]
