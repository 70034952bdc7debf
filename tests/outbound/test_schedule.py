"""The schedule of retries: that of the standard, a tenth more or less, and never sooner because somebody asks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.ids import new_id
from domain.webhooks.rules.schedule import PATIENCE, RETRIES, Failing, failed_once_more, next_try

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HOUR = 3600
WAITS = [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]


@given(st.uuids())
def test_each_wait_is_that_of_the_schedule_to_a_tenth(delivery_id: UUID) -> None:
    for tries, wait in enumerate(WAITS, 1):
        again = next_try(tries, delivery_id, now=NOW)
        assert again is not None
        assert wait * 0.9 <= (again - NOW).total_seconds() <= wait * 1.1
    assert next_try(len(WAITS) + 1, delivery_id, now=NOW) is None


def test_what_failed_together_comes_back_apart() -> None:
    again = [next_try(2, new_id(), now=NOW) for _ in range(5000)]  # so many that their mean is no luck
    waits = [(each - NOW).total_seconds() for each in again if each]

    assert len({round(each, 1) for each in waits}) > 300
    assert 298 < sum(waits) / len(waits) < 302
    assert min(waits) < 275
    assert max(waits) > 325


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        (timedelta(0), 270, 330),
        (timedelta(seconds=1), 270, 330),
        (timedelta(hours=1), HOUR, HOUR),
        (timedelta(days=30), PATIENCE.total_seconds(), PATIENCE.total_seconds()),
    ],
)
def test_an_endpoint_is_left_alone_as_long_as_it_asks_within_bounds(
    asked: timedelta, least: float, most: float
) -> None:
    again = next_try(2, new_id(), now=NOW, asked=asked)
    assert again is not None
    assert least <= (again - NOW).total_seconds() <= most


def test_the_longest_wait_of_the_schedule_is_within_patience() -> None:
    assert max(RETRIES) * 1.1 <= PATIENCE


def after(*hours: float) -> Failing | None:
    failing = None
    for each in hours:
        failing = failed_once_more(failing, now=NOW + timedelta(hours=each))
    return failing


def is_given_up(*hours: float) -> bool:
    """Tell whether an endpoint is given up that failed at such hours and did nothing else."""
    return any(failing.is_given_up for count in range(len(hours)) if (failing := after(*hours[: count + 1])))


def test_after_five_days_with_failures_on_all_of_them_it_is_given_up() -> None:
    assert is_given_up(0, 24, 48, 72, 96, 120)
    assert is_given_up(*range(0, 121, 2))
    assert not is_given_up(*range(0, 120, 2))


@pytest.mark.parametrize(
    "hours",
    [(0, 120), (0, 720), (0, *[120] * 50), (0, 0.1, 0.6, 2.6, 7.6, 17.6, 27.6, 400, 400.1, 400.6, 402.6, 407.6)],
    ids=["twice", "in a month", "a burst", "two deliveries"],
)
def test_what_was_not_tried_did_not_fail_meanwhile(hours: tuple[float, ...]) -> None:
    assert not is_given_up(*hours)


def test_where_little_is_sent_it_takes_longer_and_comes_to_an_end() -> None:
    rarely = [at + retry for at in range(0, 24 * 30, 24 * 5) for retry in (0, 0.1, 0.6, 2.6, 7.6, 17.6, 27.6)]
    failing = [each for each in range(len(rarely)) if is_given_up(*rarely[: each + 1])]
    assert 24 * 10 <= rarely[failing[0]] < 24 * 12
