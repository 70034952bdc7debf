"""The control: each mistake in the engine is noticed by the oracle, within the cases of one run or of a few."""

from collections.abc import Iterator
from itertools import chain

import pytest

from tests.oracle.asking import Case, case, differences
from tests.oracle.breaks import MUTANTS
from tests.oracle.cases import drawn
from tests.oracle.engine import engine
from tests.oracle.mutants import Mutant, broken

RUNS = 3
"""Mostly the first has all that is needed; but it draws other worlds beside other tests, and some mistakes are rarely met."""


class Cases:
    """The cases of the first runs; the oracle is asked once, and only as far as needed."""

    def __init__(self) -> None:
        self._worlds = chain.from_iterable(map(drawn, range(RUNS)))
        self._asked: list[Case] = []

    def __iter__(self) -> Iterator[Case]:
        yield from self._asked
        for world in self._worlds:
            self._asked.append(case(world))
            yield self._asked[-1]


@pytest.fixture(scope="module")
def cases() -> Cases:
    return Cases()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.wrong)
def test_the_oracle_notices_when(mutant: Mutant, cases: Cases) -> None:
    with broken(mutant):
        noticed = next((each for each in cases if differences(each, engine(each.world))), None)
    assert noticed
    assert differences(noticed, engine(noticed.world)) == [], "the engine is whole again"
