"""Functions stay short on the whole, which a limit for each cannot hold."""

from tests.arch.sizes import sizes

MEDIAN = 8
NINE_OF_TEN = 20


def test_functions_are_short_on_the_whole() -> None:
    found = sizes()
    assert len(found.functions) > 100, "nothing was measured"
    assert found.median <= MEDIAN, found
    assert found.nine_of_ten <= NINE_OF_TEN, found
