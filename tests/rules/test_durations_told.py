"""How long something lasts, as mail says it: never longer than it does, and as the language counts."""

from datetime import timedelta

import pytest

from domain.notifications.rules.speech import speech


@pytest.mark.parametrize(
    ("left", "tag", "told"),
    [
        (timedelta(days=7), "en", "7 days"),
        (timedelta(days=6, hours=23, minutes=59, seconds=58), "en", "7 days"),
        (timedelta(days=6, hours=23), "en", "6 days"),
        (timedelta(hours=47, minutes=40), "en", "47 hours"),
        (timedelta(hours=1, minutes=50), "en", "110 minutes"),
        (timedelta(minutes=59, seconds=58), "en", "60 minutes"),
        (timedelta(seconds=3), "en", "1 minute"),
        (timedelta(days=3), "ar", "3 أيام"),
        (timedelta(days=7), "ar", "7 أيام"),
        (timedelta(hours=1), "ar", "60 دقيقة"),
    ],
)
def test_how_long_a_link_is_good_is_told_in_whole_units(left: timedelta, tag: str, told: str) -> None:
    place = speech(tag)
    assert place is not None
    assert place.lasting(left) == told
