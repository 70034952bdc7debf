"""Inert HTML: what in a business's own HTML is refused, because mail programs run none of it, and some junk the letter. Pure.

So is what would take in more than itself: the links that every letter ends with are not to stand in a comment.

A template is looked at as all of its branches one after another, with a mark wherever the language of templates says
something: a name that is put together of several pieces is refused for that alone.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from jinja2 import nodes

from domain.notifications.rules.language import PLAIN, Fault

MARK = "\ue000"
ACTIVE = frozenset(
    {
        *("applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link", "math"),
        *("meta", "noembed", "noframes", "noscript", "object", "plaintext", "script", "select", "svg", "template"),
        *("textarea", "title", "video", "xmp"),
    }
)
# Of these whatever follows is a part until they end.
APART = (
    ("a comment", re.compile(r"<!--(?P<inside>.*?)(?P<end>-->|\Z)", re.DOTALL)),
    ("a <style>", re.compile(r"<style\b(?P<inside>.*?)(?P<end></style\s*>|\Z)", re.DOTALL | re.IGNORECASE)),
)
ADDRESSES = frozenset({"action", "background", "data", "formaction", "href", "poster", "src", "srcset", "xlink:href"})
RUN = re.compile(r"(javascript|vbscript):|data:(?!image/)")
TAG = re.compile(r"<[/!?]?(?P<name>[^\s/>\"'=<]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)(?P<end>[\"']?)")
ATTRIBUTE = re.compile(r"(?P<name>[^\s\"'>/=]+)(?:\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'>]*))?")
IGNORED = re.compile(rf"[\s\x00-\x1f{MARK}]+")
DELETE = "delete it"
WRITE_OUT = "write it out"


class Piece(NamedTuple):
    """Letters of a template, and the line that they begin on."""

    line: int
    text: str


def active_part_of(source: str) -> Fault | None:
    """Return the first part of an HTML template, which has no other fault, that is not inert; None: all of it is."""
    pieces = list(_pieces(PLAIN.parse(source)))
    text, starts = "".join(piece.text for piece in pieces), [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece.text))
    found = [*_left_open(text), *((tag.start(), wrong) for tag in TAG.finditer(text) if (wrong := _wrong(tag)))]
    if not found:
        return None
    place, wrong = min(found)
    number = bisect_right(starts, place) - 1
    return Fault(pieces[number].line + text.count("\n", starts[number], place), *wrong)


def _left_open(text: str) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield where something begins that might not end where it seems to, and what to do about it."""
    for what, pattern in APART:
        for part in pattern.finditer(text):
            if not part["end"]:
                yield part.start(), (f"{what} is not closed", "close it")
            elif MARK in part["inside"]:
                yield part.start(), (f"{what} is put together", WRITE_OUT)


def _pieces(node: nodes.Node) -> Iterator[Piece]:
    """Yield what a part of a template could write, in order; a mark stands for what is not known, and for conditions."""
    if isinstance(node, nodes.TemplateData):
        yield Piece(node.lineno, node.data)
    elif isinstance(node, nodes.Const):
        yield Piece(node.lineno, str(node.value))
    elif isinstance(node, nodes.Name | nodes.Compare | nodes.Not):
        yield Piece(node.lineno, MARK)
    else:
        is_choice = isinstance(node, nodes.If | nodes.CondExpr | nodes.And | nodes.Or)
        test = getattr(node, "test", None)
        for child in node.iter_child_nodes():
            if is_choice:
                yield Piece(child.lineno, MARK)
            if child is not test:
                yield from _pieces(child)
        if is_choice:
            yield Piece(node.lineno, MARK)


def _wrong(tag: re.Match[str]) -> tuple[str, str] | None:
    """Return what is wrong with a tag, and what to do about it."""
    name = tag["name"].lower()
    if MARK in name.rstrip(MARK) or (name.startswith(MARK)):
        return "the name of a tag is put together", WRITE_OUT
    name = name.rstrip(MARK)
    if name in ACTIVE:
        return f"<{name}> is nothing that a mail program shows", DELETE
    if not name[:1].isalpha():
        return None
    if tag["end"]:
        return "a quotation mark in a tag is not closed", "close it"
    if not tag.string.startswith(">", tag.end()):
        return "a tag is not closed", "close it"
    return next(filter(None, map(_wrong_attribute, ATTRIBUTE.finditer(tag["rest"]))), None)


def _wrong_attribute(attribute: re.Match[str]) -> tuple[str, str] | None:
    name = attribute["name"].lower().strip(MARK)
    if MARK in name:
        return "the name of an attribute is put together", WRITE_OUT
    if name.startswith("on"):
        return f"no mail program runs what {name} says", DELETE
    value = IGNORED.sub("", unescape(attribute["value"] or "").strip("\"'")).lower()
    if name in ADDRESSES and RUN.match(value):
        return f"{name} leads to no address, but to a program", "let it begin with https: or mailto:"
    return None
