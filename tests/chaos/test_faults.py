"""Faults under load: whatever dies, every booking that was promised is decided soon after, and no place is given twice."""

import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
import redis

from tests.chaos.load import Load
from tests.chaos.told import event_id, is_signed, told, untrue, why
from tests.chaos.verdict import missing, seconds_until_decided, wrongs
from tests.chaos.victims import Victims, prepared

LIMIT = 15.0  # seconds from recovery to the last decision
WARM = 12  # bookings before a fault
PATIENCE = 30.0
SAID = 60.0  # seconds until everything is said
HANG = 8
AT_ONCE = 0.1  # seconds for a 202; or twice what it took before, on a machine that is busy with other things
Report = Callable[[str], None]

chaos = pytest.mark.chaos


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    since = datetime.now(UTC)
    with prepared() as victims:
        yield victims
        told(victims.postgres.url, since, SAID)
        came = list(victims.hooks.got)
        with psycopg.connect(victims.postgres.url, autocommit=True) as connection:
            assert untrue(connection, victims.mails.ids, {event_id(each) for each in came}) == {}, why(connection)
        assert came
        assert [each.path for each in came if not is_signed(each, victims.secrets[each.path])] == []


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Say something that is shown whether or not the test passes."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n  {line}", end="")  # noqa: T201 - the measurement is what the run is for

    return say


@pytest.fixture
def load(victims: Victims) -> Iterator[Load]:
    """Yield a load that is under way; afterwards everything must be as promised."""
    with victims.load() as load:
        load.wait_for(WARM)
        yield load
    with psycopg.connect(victims.postgres.url, autocommit=True) as connection:
        seconds_until_decided(victims.postgres.url, datetime.now(UTC), LIMIT)
        assert wrongs(connection) == {}
        assert missing(connection, {each.key for each in load.accepted}) == 0


@contextmanager
def recovery(victims: Victims, report: Report, what: str) -> Iterator[None]:
    """Hold the block, which ends with the recovery from a fault, to the limit, and report what was measured."""
    begun = time.monotonic()
    yield
    out = time.monotonic() - begun
    took = seconds_until_decided(victims.postgres.url, datetime.now(UTC), LIMIT)
    report(f"{what}: {out:.1f} s out, all decided {took:.1f} s later")


@contextmanager
def at_once(load: Load, report: Report) -> Iterator[None]:
    """Hold the bookings that are accepted during the block to their time, and report it."""
    load.wait_for(WARM)
    usual = statistics.median(each.took for each in load.accepted[-WARM:])
    count = len(load.accepted)
    yield
    waits = sorted(each.took for each in load.accepted[count:])
    report(f"{len(waits)} accepted meanwhile, {_milliseconds(waits)} (before: p50 {usual * 1000:.0f} ms)")
    assert len(waits) > HANG
    assert statistics.median(waits) < max(AT_ONCE, 2 * usual)


@chaos
@pytest.mark.parametrize("name", ["worker", "outside", "beat", "web"])
def test_a_killed_program_leaves_no_promise_open(victims: Victims, load: Load, report: Report, name: str) -> None:
    with recovery(victims, report, f"kill -9 {name}"):
        _kill(victims, name)
    load.wait_for(1)


@chaos
def test_a_flush_right_after_acceptance_loses_nothing(victims: Victims, load: Load, report: Report) -> None:
    with redis.Redis.from_url(victims.valkey.url) as broker, recovery(victims, report, "FLUSHALL"):
        victims.stack.signal("worker", signal.SIGSTOP)
        load.wait_for(WARM)
        lost = broker.llen("allocation")
        broker.flushall()
        victims.stack.signal("worker", signal.SIGCONT)
    assert lost, "no message was lost, so this has proven nothing"


@chaos
def test_a_killed_broker_leaves_no_promise_open(victims: Victims, load: Load, report: Report) -> None:
    with recovery(victims, report, "kill -9 valkey"):
        _end(victims.valkey.process)
        victims.valkey.start()
    load.wait_for(1)


@chaos
def test_a_broker_that_hangs_holds_nobody_up(victims: Victims, load: Load, report: Report) -> None:
    assert victims.valkey.process is not None
    with recovery(victims, report, "valkey hangs"):
        with at_once(load, report):
            victims.valkey.process.send_signal(signal.SIGSTOP)
            time.sleep(HANG)
        victims.valkey.process.send_signal(signal.SIGCONT)


@chaos
def test_a_killed_database_keeps_every_promise(victims: Victims, load: Load, report: Report) -> None:
    with recovery(victims, report, "kill -9 postgres"):
        _end(victims.postgres.process)
        _until(lambda: _connects(victims), "postgres did not come back")
    load.wait_for(1)


@pytest.mark.parametrize("seconds", [pytest.param(15, marks=chaos), pytest.param(120, marks=pytest.mark.long)])
def test_without_a_broker_bookings_are_accepted_at_once_and_decided_later(
    victims: Victims, load: Load, report: Report, seconds: int
) -> None:
    with recovery(victims, report, f"valkey away for {seconds} s"), at_once(load, report), _away(victims):
        time.sleep(seconds)


def _kill(victims: Victims, name: str) -> None:
    """Kill a program with all its children, and return once the supervisor has started it again."""
    gone = victims.stack.signal(name, signal.SIGKILL)
    program = victims.stack.program(name)
    _until(lambda: program.process is not None and program.process.pid != gone, f"{name} was not started again")


def _milliseconds(waits: Sequence[float]) -> str:
    shown = {"p50": statistics.median(waits), "p99": waits[int(len(waits) * 0.99)], "max": waits[-1]}
    return ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in shown.items())


@contextmanager
def _away(victims: Victims) -> Iterator[None]:
    victims.valkey.stop()
    try:
        yield
    finally:
        victims.valkey.start()


def _end(process: "subprocess.Popen[bytes] | None") -> None:
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def _connects(victims: Victims) -> bool:
    try:
        psycopg.connect(victims.postgres.url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
