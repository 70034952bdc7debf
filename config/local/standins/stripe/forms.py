"""Forms: `a[b]=c`, `a[]=c` and `a[0]=c`, as Stripe's first API takes its parameters."""

import re
from urllib.parse import parse_qsl

from config.local.standins.rows import Json
from config.local.standins.stripe.refusals import Malformed

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")


def decoded(text: str) -> Json:
    """Return the tree that a query or a body spells out; leaves are text, lists are dicts by number."""
    tree: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=False):
        match = NAME.fullmatch(name)
        if match is None:
            raise Malformed(400, f"Invalid parameter name: {name}", code="parameter_unknown", param=name)
        _place(tree, [match[1], *PART.findall(match[2])], value, name)
    return tree


def _place(tree: Json, parts: list[str], value: str, name: str) -> None:
    *parents, last = parts
    for part in parents:
        tree = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise Malformed(400, f"Invalid object: {name} is given as a value, too", param=name)
    tree[last or str(len(tree))] = value
