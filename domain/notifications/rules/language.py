"""The language of templates: Jinja's, cut down to what cannot fail when a message is sent.

A template says names, conditions and a few filters, and nothing else: no attributes, calls, loops or sums. Every name
stands for text (empty, where there is nothing to say), so that what was taken when it was saved is good for ever.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = frozenset({"capitalize", "e", "escape", "lower", "title", "trim", "upper"})
TAKEN = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.If),
    *(nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat),
)
COMPARED = frozenset({"eq", "ne"})
DEEPEST = 20
UNWRITABLE = frozenset({"Cc", "Cs"})
WRITE = "write text, {{ name }}, {{ name | upper }} or {% if name %}…{% endif %}"
TOO_DEEP = ("it is nested too deep", "put fewer conditions into each other")


class Fault(NamedTuple):
    """What is wrong with a template, on which line, counted from 1, and what to do about it."""

    line: int
    why: str
    remedy: str


def _environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(autoescape=autoescape, undefined=StrictUndefined, keep_trailing_newline=True)
    made.trim_blocks = made.lstrip_blocks = True
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.globals.clear()
    return made


PLAIN = _environment(autoescape=False)
ESCAPING = _environment(autoescape=True)


def fault_of(source: str, known: frozenset[str]) -> Fault | None:
    """Return the first fault of a template that may say the names *known*; None: it has none."""
    try:
        tree = PLAIN.parse(source)
    except TemplateSyntaxError as error:
        return Fault(error.lineno, (error.message or "it cannot be read").rstrip("."), WRITE)
    except (RecursionError, ValueError) as error:  # of the latter kind is a number of thousands of digits
        return Fault(1, *(TOO_DEEP if isinstance(error, RecursionError) else ("it cannot be read", WRITE)))
    return next(_faults(tree, known, 0), None)


def line_of_length(source: str, values: Mapping[str, str], most: int) -> int:
    """Return the line of a template, which has no fault, up to which it makes more than *most* letters; or its last."""
    length, line = 0, 1
    for node in PLAIN.parse(source).find_all((nodes.TemplateData, nodes.Name)):
        line = node.lineno
        length += len(values[node.name] if isinstance(node, nodes.Name) else str(getattr(node, "data", "")))
        if length > most:
            break
    return line


def in_text(source: str, values: Mapping[str, str]) -> str:
    """Fill a template with values as they are."""
    return _compiled(source, PLAIN).render(values)


def in_html(source: str, values: Mapping[str, str]) -> str:
    """Fill a template with values, in which what HTML would take for itself is escaped."""
    return _compiled(source, ESCAPING).render(values)


@lru_cache(maxsize=512)
def _compiled(source: str, environment: ImmutableSandboxedEnvironment) -> Template:
    return environment.from_string(source)


def _faults(node: nodes.Node, known: frozenset[str], depth: int) -> Iterator[Fault]:
    wrong = TOO_DEEP if depth > DEEPEST else _wrong(node, known)
    if wrong:
        yield Fault(_line(node), *wrong)
        return
    for child in node.iter_child_nodes():
        yield from _faults(child, known, depth + 1)


def _line(node: nodes.Node) -> int:
    """Return where a part of a template begins; a scope that Jinja makes begins with what is in it."""
    return node.lineno or next(filter(None, map(_line, node.iter_child_nodes())), 1)


def _wrong(node: nodes.Node, known: frozenset[str]) -> tuple[str, str] | None:
    """Return what is wrong with a part of a template, and what to do about it."""
    if not isinstance(node, TAKEN):
        return "only names, filters, comparisons and conditions can be used", WRITE
    if isinstance(node, nodes.Name) and node.name not in known:
        return f"there is no variable named {node.name}", _meant(node.name, known)
    if isinstance(node, nodes.Filter) and (node.node is None or node.args or node.kwargs or node.name not in FILTERS):
        wrong = f"there is no filter named {node.name}, or it takes nothing in brackets"
        return wrong, f"use one of {', '.join(sorted(FILTERS))}, without brackets"
    if isinstance(node, nodes.Compare) and any(each.op not in COMPARED for each in node.ops):
        return "only == and != compare", "use one of these"
    return _unsayable(node.value if isinstance(node, nodes.Const) else getattr(node, "data", ""))


def _meant(name: str, known: frozenset[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f"perhaps it is {near[0]}" if near else "use one of the `variables` that are listed with the templates"


def _unsayable(said: object) -> tuple[str, str] | None:
    if not isinstance(said, str):
        return "only text can be written out", "put it in quotes"
    if any(category(letter) in UNWRITABLE and letter not in "\n\r\t" for letter in said):
        return "it has a character that no message can carry", "delete it"
    return None
