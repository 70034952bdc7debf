"""When a message that was not taken is tried again."""

from datetime import UTC, datetime, timedelta

from domain.notifications.rules.retrying import LEASE, PATIENCE, TRIES, next_try
from workers.delivery.line import CONNECT
from workers.delivery.smtp import ANSWER, DEADLINE
from workers.notifications import HELD, TURN

NOW = datetime(2026, 3, 15, 13, tzinfo=UTC)


def waits(attempts: int) -> timedelta:
    found = next_try(attempts, NOW, now=NOW)
    assert found
    return found - NOW


def test_twice_as_long_each_time_and_an_hour_at_most() -> None:
    assert [waits(each) // timedelta(minutes=1) for each in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_for_three_days_and_not_for_ever() -> None:
    last = PATIENCE - timedelta(seconds=1)
    assert next_try(70, NOW - last, now=NOW)
    assert next_try(70, NOW - PATIENCE, now=NOW) is None


def test_what_comes_late_to_its_first_try_has_as_many_as_take_some_hours() -> None:
    due_at = NOW - timedelta(days=6)
    assert [next_try(attempts, due_at, now=NOW) is not None for attempts in (1, TRIES - 1, TRIES)] == [
        True,
        True,
        False,
    ]
    assert sum((waits(each) for each in range(1, TRIES)), timedelta()) > timedelta(hours=3)


def test_no_lease_lapses_while_its_worker_is_at_work() -> None:
    assert TURN + CONNECT + DEADLINE + 2 * ANSWER < HELD < LEASE.total_seconds()
