"""A plugin of pytest: breaks the code of money for a whole run, as the environment says."""

import ast
import os
from collections.abc import Iterator

import pytest

from tests.oracle.mutants import Mutant, broken

BROKEN = "MONEY_BROKEN"


@pytest.fixture(autouse=True)
def _broken_money() -> Iterator[None]:
    with broken(Mutant(*ast.literal_eval(os.environ[BROKEN]))):
        yield
