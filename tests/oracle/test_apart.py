"""The oracle stands by itself: it shares no code with the engine, and asks the tz database one question."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arch.source import Module, modules, names

ORACLE = ("world", "clocks", "hours", "desk", "oracle")
ITS_OWN = {f"tests.oracle.{name}" for name in ORACLE}


def module(name: str) -> Module:
    (found,) = (each for each in modules() if each.path == Path("tests/oracle", f"{name}.py"))
    return found


def imported(name: str) -> Iterator[str]:
    """Yield what a module imports, wherever in it."""
    for node in ast.walk(module(name).tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)


@pytest.mark.parametrize("name", ORACLE)
def test_the_oracle_imports_the_standard_library_and_itself(name: str) -> None:
    foreign = {each for each in imported(name) if each.partition(".")[0] not in sys.stdlib_module_names}
    assert foreign <= ITS_OWN
    assert "importlib" not in imported(name)


def test_the_tz_database_is_asked_for_the_offset_at_an_instant_and_for_nothing_else() -> None:
    assert [name for name in ORACLE if "zoneinfo" in imported(name)] == ["clocks"]
    assert [name for name in ORACLE if "datetime" in imported(name)] == ["world", "clocks"]
    called = list(names(module("clocks").tree))
    assert [called.count(name) for name in ("ZoneInfo", "fromtimestamp", "utcoffset")] == [1, 1, 1]
    assert not {"replace", "astimezone", "timestamp", "dst", "tzname", "combine", "fold"} & set(called)
