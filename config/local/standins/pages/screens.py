"""Screens: what a page of one payment shows, and what can be done there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

Tone = Literal["open", "good", "bad"]


class Button(NamedTuple):
    """One thing to do: *verb* to the object of *kind* under *key*."""

    label: str
    verb: str
    kind: str
    key: str
    style: Literal["main", "plain"] = "plain"


class Group(NamedTuple):
    """Buttons that belong together."""

    title: str
    buttons: Sequence[Button]
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One payment, as its customer, their bank and chance see it."""

    provider: str
    amount: str
    status: str
    tone: Tone
    title: str = ""
    error: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    groups: Sequence[Group] = ()
    back: str = ""


def with_query(url: str, more: Mapping[str, str]) -> str:
    """Return *url* with *more* in its query."""
    parts = urlsplit(url)
    return parts._replace(query=urlencode([*parse_qsl(parts.query), *more.items()])).geturl()
