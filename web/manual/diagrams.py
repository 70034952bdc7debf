"""Diagrams of states, in words: which state leads to which, as a table that can be read aloud.

Where the guides are read as files a `mermaid` diagram is drawn. To draw it here would take a library of megabytes, and
the picture would say nothing to whoever cannot see it.
"""

import re
from collections import defaultdict
from html import escape

ARROW = re.compile(r"^\s*(\S+) --> (\S+)", re.MULTILINE)
ENDS = "[*]"


def moves(diagram: str) -> str:
    """Return the table of a `stateDiagram`."""
    found: dict[str, list[str]] = defaultdict(list)
    for before, after in ARROW.findall(diagram):
        found[before].append(after)
    rows = "\n".join(
        f'<tr><th scope="row">{_state(before)}</th><td>{_states(after)}</td></tr>' for before, after in found.items()
    )
    return (
        '<div class="wide" role="group" tabindex="0" aria-label="Table of moves"><table class="moves">\n'
        f'<thead><tr><th scope="col">from</th><th scope="col">to</th></tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>\n'
    )


def _states(names: list[str]) -> str:
    return " ".join(map(_state, names))


def _state(name: str) -> str:
    return "the beginning" if name == ENDS else f"<code>{escape(name)}</code>"
