"""Ways to break the engine, each a line of its source that is changed while a test runs."""

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

from domain.availability.rules import openings, zones


class Mutant(NamedTuple):
    """In words what is wrong then, and where which text is replaced."""

    wrong: str
    module: str
    old: str
    new: str


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """Let the functions of a module run the changed source, wherever they were imported to."""
    module = importlib.import_module(mutant.module)
    source = inspect.getsource(module)
    assert source.count(mutant.old) == 1, f"{mutant.wrong}: {mutant.module} does not read as it did"
    changed = dict(_compiled(source.replace(mutant.old, mutant.new), module.__name__))
    kept = {function: function.__code__ for function in _functions(module)}
    try:
        for function in kept:
            function.__code__ = changed[function.__code__.co_qualname]
        _forget()
        yield
    finally:
        for function, code in kept.items():
            function.__code__ = code
        _forget()


def _compiled(source: str, name: str) -> Iterator[tuple[str, CodeType]]:
    """Yield the code of every function of a source by its name, and of every method, with its class before it."""
    pending = [compile(source, name, "exec")]
    while pending:
        code = pending.pop()
        yield code.co_qualname, code
        pending.extend(each for each in code.co_consts if isinstance(each, CodeType))


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the functions and methods that a module defines, but not what dataclasses write."""
    names = [*vars(module).values()]
    members = [member for each in names if isinstance(each, type) for member in vars(each).values()]
    for each in (*names, *members):
        function = inspect.unwrap(each) if callable(each) else None
        if isinstance(function, FunctionType) and function.__code__.co_filename == module.__file__:
            yield function


def _forget() -> None:
    """Empty what the engine remembers of schedules and zones."""
    for module in (openings, zones):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()
