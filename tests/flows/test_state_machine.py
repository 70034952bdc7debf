"""The life of bookings, whatever anybody asks in whatever order: the API and an independent ledger never differ."""

from itertools import repeat

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from domain.availability.rules import board, decide
from domain.availability.service import offering
from domain.bookings.service import authority, cases
from tests.flows.day import Day

LIVES = settings().max_examples // 8  # each of some sixty requests
WHATEVER = settings(
    max_examples=LIVES, stateful_step_count=30, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
)
THE_SAME = settings(
    WHATEVER, max_examples=250, phases=[Phase.generate], derandomize=True, database=None, report_multiple_bugs=False
)
BREAKS = [
    (cases.Case, "is_over", lambda *_: False),
    (decide, "is_full", lambda *_: False),
    (decide, "waivers", repeat),
    (board, "narrowed", lambda roles, _: roles),
    (offering, "inherited", lambda _, named, __: tuple(named)),
]


def names(value: object) -> str:
    return str(getattr(value, "__name__", value))


def test_the_api_says_what_the_ledger_says() -> None:
    run_state_machine_as_test(Day, settings=WHATEVER)


def test_that_staff_may_do_what_is_not_theirs_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "_is_theirs", lambda *_: True)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Day, settings=THE_SAME)


@pytest.mark.long
@pytest.mark.parametrize(("where", "rule", "wrong"), BREAKS, ids=names)
def test_a_broken_rule_would_be_found(monkeypatch: pytest.MonkeyPatch, where: object, rule: str, wrong: object) -> None:
    monkeypatch.setattr(where, rule, wrong)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Day, settings=THE_SAME)
