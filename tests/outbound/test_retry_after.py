"""`Retry-After` in seconds, however many digits they have."""

from datetime import timedelta

import pytest

from workers.delivery.retry_after import MOST, asked_for


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("000000000000120", timedelta(seconds=120)),
        ("999999999", timedelta(seconds=999_999_999)),
        ("1000000000", MOST),
        ("12345678901234567", MOST),
        ("9" * 5000, MOST),
        ("", None),
    ],
    ids=["zeros", "nine digits", "ten digits", "seventeen digits", "more digits than int reads", "nothing"],
)
def test_however_long_it_asks_it_is_understood(header: str, wait: timedelta | None) -> None:
    assert asked_for(header) == wait
