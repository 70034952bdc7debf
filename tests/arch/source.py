"""The project's own Python, parsed once, and what the house rules ask about it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.settings import ROOT

PACKAGES = ("web", "workers", "domain", "config")
PLACES = (*PACKAGES, "tests", "script", ".ci")
MIGRATIONS = Path("domain/migrations/versions")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file: its place below the root of the tree, and its text."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        """Return what the text says."""
        return _parsed(self.text)

    @property
    def functions(self) -> Sequence[Function]:
        """Return every function and method, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def at(self, node: ast.AST) -> str:
        """Return where *node* stands, as an editor opens it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def modules() -> Sequence[Module]:
    """Return every module of ours, migrations too."""
    files = [file for place in PLACES for file in sorted((ROOT / place).rglob("*.py")) if _is_ours(file)]
    return [Module(file.relative_to(ROOT), file.read_text(encoding="utf-8")) for file in (*ROOT.glob("*.py"), *files)]


def packaged() -> Iterator[Module]:
    """Yield the modules that run in production."""
    return (each for each in modules() if each.path.parts[0] in PACKAGES)


def length(function: Function) -> int:
    """Return the lines of a function, its signature and docstring counted, its decorators not."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def names(node: ast.AST) -> Iterator[str]:
    """Yield each name and attribute that is called somewhere in *node*, and each keyword given to it."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            yield from (keyword.arg for keyword in call.keywords if keyword.arg)
            if isinstance(call.func, ast.Attribute):
                yield call.func.attr
            elif isinstance(call.func, ast.Name):
                yield call.func.id


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _is_ours(file: Path) -> bool:
    return not {"node_modules", "__pycache__"} & set(file.parts)
