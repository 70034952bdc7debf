"""The engine answers as the oracle does: 2,000 cases as a rule, 100,000 and some more in the long form."""

from collections import Counter

import pytest

from tests.oracle.asking import Case, case, differences
from tests.oracle.cases import RUN, visit
from tests.oracle.engine import engine
from tests.oracle.features import features
from tests.oracle.places import anywhere
from tests.oracle.seen import SEEN
from tests.oracle.world import World

LONG = 100_000 // RUN


def agreed(world: World) -> Case:
    """Hold the engine to the oracle."""
    asked = case(world)
    assert differences(asked, engine(world)) == []
    return asked


@pytest.mark.parametrize("run", [0, *(pytest.param(run, marks=pytest.mark.long) for run in range(1, LONG + 1))])
def test_engine_and_oracle_agree_wherever_it_is_hard(run: int) -> None:
    seen: Counter[str] = Counter()
    visit(run, lambda world: seen.update(features(agreed(world))))
    assert {feature: seen[feature] for feature, least in SEEN.items() if seen[feature] < least} == {}


@pytest.mark.long
@pytest.mark.parametrize("run", range(5))
def test_engine_and_oracle_agree_wherever_clocks_were_ever_changed(run: int) -> None:
    def check(world: World) -> None:
        agreed(world)

    visit(run, check, anywhere(run))
