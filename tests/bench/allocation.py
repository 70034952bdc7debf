"""Allocation from `pending`: four of Celery's processes against four that run raw batched SQL with the same writes."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from uuid import UUID

from config.local.procfile import Program, commands
from config.publisher import publish
from domain.kernel.jobs import Nudge
from domain.kernel.plot import ALLOCATE
from tests.bench import raw
from tests.bench.pending import fill
from tests.bench.report import Line, median, rounds, spread
from tests.bench.world import World, until
from tests.builders import Shop, a_shop
from tests.stack import ROOT

PROCESSES = 4
ROUNDS = 3
SHOPS, EACH = 20, 30
GOAL = 0.5
HEADS = "SELECT id, lane FROM (SELECT id, lane, row_number() OVER (PARTITION BY lane ORDER BY id) AS n FROM jobs) AS j WHERE n <= %s"


def measure(world: World) -> Iterator[Line]:
    """Yield decided bookings a second, in many businesses and in one."""
    with _worker(world), _pool() as pool:
        many = [a_shop(resources=1) for _ in range(SHOPS)]
        yield _line(world, pool, f"allocation, {SHOPS} businesses", many, EACH * world.size)
        yield _line(world, pool, "allocation, one business", [a_shop(resources=20)], SHOPS * EACH * world.size)


def decided_per_second(world: World, shops: Sequence[Shop], each: int) -> float:
    """Fill the lanes, nudge the worker, and return its rate."""
    fill(world.database, shops, each)
    heads = world.database.execute(HEADS, (max(1, PROCESSES // len(shops)),)).fetchall()
    begun = time.monotonic()
    for job_id, lane in heads:
        publish(Nudge(ALLOCATE, job_id, lane))
    until(lambda: world.pending() == 0)
    took = time.monotonic() - begun
    world.settled()
    confirmed = world.count("SELECT count(*) FROM bookings WHERE status = 'confirmed'")
    assert confirmed == each * len(shops), f"{confirmed} of {each * len(shops)} got a place"
    return confirmed / took


def _line(world: World, pool: Executor, what: str, shops: Sequence[Shop], each: int) -> Line:
    decided_per_second(world, shops, each)  # what a process does for the first time is not counted
    _written_per_second(world, pool, shops, each)
    ours, yardstick = rounds(
        ROUNDS * world.size,
        lambda: decided_per_second(world, shops, each),
        lambda: _written_per_second(world, pool, shops, each),
    )
    ratio = median(ours) / median(yardstick)
    return Line(
        what=what,
        ours=spread(ours, "/s"),
        yardstick=f"raw SQL {spread(yardstick, '/s')}",
        ratio=ratio,
        goal=f">= {GOAL} x",
        is_met=ratio >= GOAL,
    )


def _written_per_second(world: World, pool: Executor, shops: Sequence[Shop], each: int) -> float:
    fill(world.database, shops, each)
    lanes: list[UUID] = [shop.business.id for shop in shops] * max(1, PROCESSES // len(shops))
    begun = time.monotonic()
    written = sum(pool.map(raw.drain, lanes))
    took = time.monotonic() - begun
    world.settled()
    assert written == each * len(shops)
    return written / took


@contextmanager
def _worker(world: World) -> Iterator[Program]:
    """Run the Procfile's worker alone, with as many processes as the yardstick has."""
    command = commands((ROOT / "Procfile").read_text())["worker"]
    program = world.program("allocator", command, WORKER_CONCURRENCY=str(PROCESSES))
    try:
        yield program
    finally:
        program.ask_to_stop()
        program.kill()


@contextmanager
def _pool() -> Iterator[Executor]:
    context = get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, raw.connect, (os.environ["DATABASE_URL"],)) as pool:
        assert all(pool.map(raw.ready, range(PROCESSES * 4)))
        yield pool
