"""The engine answers as the oracle does: 2,000 cases as a rule, 100,000 in the long form."""

from collections import Counter

import pytest

from tests.oracle.asking import case, differences
from tests.oracle.cases import RUN, visit
from tests.oracle.engine import engine
from tests.oracle.features import features
from tests.oracle.seen import SEEN
from tests.oracle.world import World

LONG = 100_000 // RUN


@pytest.mark.parametrize("run", [0, *(pytest.param(run, marks=pytest.mark.long) for run in range(1, LONG + 1))])
def test_engine_and_oracle_agree_wherever_it_is_hard(run: int) -> None:
    seen: Counter[str] = Counter()

    def check(world: World) -> None:
        asked = case(world)
        assert differences(asked, engine(world)) == []
        seen.update(features(asked))

    visit(run, check)
    assert {feature: seen[feature] for feature, least in SEEN.items() if seen[feature] < least} == {}
