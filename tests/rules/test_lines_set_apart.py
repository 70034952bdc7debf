"""What people have written, in a language that runs the other way: every line of it is kept apart."""

import pytest

from domain.notifications.rules.speech import speech


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ring twice.", "\u2068Ring twice.\u2069"),
        ("Ring twice.\n\nThanks.", "\u2068Ring twice.\u2069\n\n\u2068Thanks.\u2069"),
        ("", ""),
    ],
)
def test_isolates_do_not_reach_over_the_end_of_a_line(text: str, kept: str) -> None:
    arabic, english = speech("ar"), speech("en")
    assert arabic is not None
    assert english is not None
    assert arabic.set_apart(text) == kept
    assert english.set_apart(text) == text
