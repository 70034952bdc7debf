"""The house rules for one module: each yields a sentence for every place that breaks it."""

import ast
import re
from collections.abc import Iterator

from tests.arch.source import MIGRATIONS, Function, Module, length, names

LINES = 250
FUNCTION_LINES = 40  # a function stays under it
NESTING = 3
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match, *Function.__args__)
VAGUE = re.compile(
    r"(?i:(^|_)(utils?|helpers?|common|managers?|base)(_|$))|(?<=\w)(Utils?|Helpers?|Common|Managers?|Base)$"
)
# SQLAlchemy's own word for the class that every table inherits.
DECLARED = {"domain/kernel/tables.py": {"Base"}}
# Flask calls `Request.get_json` with them.
DICTATED = {("web/parsing.py", "get_json")}
PROMISE = re.compile(r"\b(TO[D]O|FIX[M]E)\b|#.*\bX[X]X\b")
LOCKING = {"with_for_update", "rows_for_update"}
COMMITS = "config/transaction.py"


def a_file_is_short(module: Module) -> Iterator[str]:
    """Hold a file to 250 lines; migrations, which list tables, may be longer."""
    lines = len(module.text.splitlines())
    if lines > LINES and not module.path.is_relative_to(MIGRATIONS):
        yield f"{module.path} has {lines} lines"


def a_function_is_short(module: Module) -> Iterator[str]:
    """Hold a function under 40 lines; migrations may be longer."""
    if module.path.is_relative_to(MIGRATIONS):
        return
    for function in module.functions:
        if length(function) >= FUNCTION_LINES:
            yield f"{module.at(function)} {function.name} has {length(function)} lines"


def blocks_nest_three_deep_at_most(module: Module) -> Iterator[str]:
    """Hold a function to three blocks within each other; `elif` is no block of its own."""
    for function in module.functions:
        if _depth(function) > NESTING:
            yield f"{module.at(function)} {function.name} nests {_depth(function)} deep"


def a_module_opens_with_a_sentence(module: Module) -> Iterator[str]:
    """Ask for a docstring whose first paragraph is one sentence."""
    first = (ast.get_docstring(module.tree) or "").partition("\n\n")[0]
    if not first.endswith((".", ":")):
        yield f"{module.path} does not open with a sentence"


def imports_are_absolute(module: Module) -> Iterator[str]:
    """Refuse `from . import`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{module.at(node)} imports relatively"


def names_say_something(module: Module) -> Iterator[str]:
    """Refuse modules, folders and classes that are named for nothing in particular."""
    for part in module.path.with_suffix("").parts:
        if VAGUE.search(part):
            yield f"{module.path} is named {part}"
    for node in ast.walk(module.tree):
        declared = DECLARED.get(module.path.as_posix(), set())
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name) and node.name not in declared:
            yield f"{module.at(node)} is named {node.name}"


def nothing_is_put_off(module: Module) -> Iterator[str]:
    """Refuse notes about work to be done later."""
    for number, line in enumerate(module.text.splitlines(), 1):
        if PROMISE.search(line):
            yield f"{module.path}:{number} puts something off"


def no_exception_is_swallowed(module: Module) -> Iterator[str]:
    """Refuse a handler that does nothing, and its disguise `suppress(Exception)`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and all(map(_is_nothing, node.body)):
            yield f"{module.at(node)} swallows an exception"
        if isinstance(node, ast.Call) and _is_wide_suppress(node):
            yield f"{module.at(node)} suppresses every exception"


def no_parameter_is_a_flag(module: Module) -> Iterator[str]:
    """Refuse a parameter of a public function that is True or False unless said otherwise."""
    for function in module.functions:
        if function.name.startswith("_") or (module.path.as_posix(), function.name) in DICTATED:
            continue
        for parameter, default in _defaults(function.args):
            if isinstance(default, ast.Constant) and isinstance(default.value, bool):
                yield f"{module.at(function)} {function.name} has the flag {parameter.arg}"


def a_lock_is_in_the_name(module: Module) -> Iterator[str]:
    """Ask a function of production that locks rows to end in `_for_update`."""
    if module.path.parts[0] == "tests":
        return
    for function in module.functions:
        if LOCKING & set(names(function)) and not function.name.endswith("_for_update"):
            yield f"{module.at(function)} {function.name} locks rows"


def one_place_commits(module: Module) -> Iterator[str]:
    """Refuse `commit` outside of `config/transaction.py`; tests commit as rivals do."""
    if module.path.parts[0] == "tests" or module.path.as_posix() == COMMITS:
        return
    if "commit" in names(module.tree):
        yield f"{module.path} commits"


def _depth(node: ast.AST) -> int:
    return max((_depth(child) + _opens(node, child) for child in ast.iter_child_nodes(node)), default=0)


def _opens(node: ast.AST, child: ast.AST) -> bool:
    is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
    return isinstance(child, BLOCKS) and not is_elif


def _is_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _is_wide_suppress(call: ast.Call) -> bool:
    wide = {"Exception", "BaseException"}
    return ast.unparse(call.func).endswith("suppress") and bool(wide & {ast.unparse(each) for each in call.args})


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    yield from zip(reversed(positional), reversed(arguments.defaults), strict=False)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
