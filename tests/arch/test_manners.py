"""Every module keeps the house rules, and each rule is seen to fail on a text that breaks it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.arch import manners
from tests.arch.source import Module, modules

Rule = Callable[[Module], Iterator[str]]

OPENING = '"""A sample."""\n'
BREAKS: Mapping[Rule, tuple[str, str]] = {
    manners.a_file_is_short: ("web/long.py", OPENING + "x = 1\n" * 250),
    manners.a_function_is_short: ("web/long.py", "def f():\n" + "    x = 1\n" * 39),
    manners.blocks_nest_three_deep_at_most: (
        "web/deep.py",
        "def f():\n for a in b:\n  if a:\n   pass\n  elif b:\n   with c:\n    while d:\n     e()",
    ),
    manners.a_module_opens_with_a_sentence: ("web/silent.py", '"""No full stop"""'),
    manners.imports_are_absolute: ("web/near.py", "from . import app"),
    manners.names_say_something: ("web/string_utils.py", OPENING),
    manners.nothing_is_put_off: ("web/later.py", "# FIXM\x45: this"),
    manners.no_exception_is_swallowed: ("web/deaf.py", "try:\n    f()\nexcept ValueError:\n    pass"),
    manners.no_parameter_is_a_flag: ("web/flag.py", "def list_all(*, archived: bool = False): ..."),
    manners.a_lock_is_in_the_name: ("domain/quiet.py", "def first(s): return s.scalar(q.with_for_update())"),
    manners.one_place_commits: ("domain/eager.py", "def done(session): session.commit()"),
}


@pytest.mark.parametrize("rule", BREAKS, ids=lambda rule: rule.__name__)
def test_in_the_whole_tree(rule: Rule) -> None:
    assert [fault for module in modules() for fault in rule(module)] == []


@pytest.mark.parametrize("rule", BREAKS, ids=lambda rule: rule.__name__)
def test_a_break_is_seen_of(rule: Rule) -> None:
    path, text = BREAKS[rule]
    assert len(list(rule(Module(Path(path), text)))) == 1


@pytest.mark.parametrize("name", ["DataManager", "ViewBase", "helpers", "HTTPUtils"])
def test_a_vague_name_is_seen(name: str) -> None:
    assert list(manners.names_say_something(Module(Path("web/x.py"), f"class {name}: ...")))


@pytest.mark.parametrize("name", ["Database", "management", "commonly", "Based", "baseline"])
def test_a_name_that_only_sounds_vague_is_let_be(name: str) -> None:
    assert not list(manners.names_say_something(Module(Path("web/x.py"), f"class {name}: ...")))


def test_every_rule_is_asked() -> None:
    rules = {value for name, value in vars(manners).items() if getattr(value, "__module__", "") == manners.__name__}
    assert {rule for rule in rules if not rule.__name__.startswith("_")} == BREAKS.keys()


def test_three_deep_with_an_elif_is_allowed() -> None:
    text = "def f():\n for a in b:\n  if a:\n   pass\n  elif b:\n   with c:\n    e()"
    assert not list(manners.blocks_nest_three_deep_at_most(Module(Path("web/x.py"), text)))
