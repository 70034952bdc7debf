"""Freshness: the `ETag` of an answer that also depends on the clock, and the 304 for who has that answer already.

The tag names what the answer was made of, and the second until which the clock leaves it as it is. Nothing is kept here:
what it is made of is read again each time, only the thinking is saved.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Response, request

from web.answers import Answer

# Found wherever it stands among others, weak or not: what a proxy has compressed is marked as weak.
TAG = re.compile(r'"(?P<made_of>(?:[0-9]n)?[0-9a-f]+)(?:-(?P<until>[0-9]{1,12}))?"')
# Theirs alone, and never used without asking.
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


class Fresh(NamedTuple):
    """An answer that is to be given, and until when the clock leaves it as it is (None: for ever)."""

    body: Mapping[str, Any]
    until: int | None


def made_of(such: re.Pattern[str]) -> Sequence[str]:
    """Return what the answers *such* as these are made of that the caller has."""
    known = (each["made_of"] for each in TAG.finditer(request.headers.get("If-None-Match", "")))
    return [each for each in known if such.fullmatch(each)]


def unchanged(facts: str, now: int) -> Response | None:
    """Answer 304 if the caller has what is made of the same *facts* and is still good."""
    for known in TAG.finditer(request.headers.get("If-None-Match", "")):
        if known["made_of"] == facts and (known["until"] is None or now < int(known["until"])):
            return Answer(status=304, headers=HEADERS | {"ETag": known[0]}).response()
    return None


def told(facts: str, fresh: Fresh) -> Response:
    """Answer what is to be given, with a tag that `unchanged` will know."""
    body, until = fresh
    tag = facts if until is None else f"{facts}-{until}"
    return Answer(status=200, body=body, headers=HEADERS | {"ETag": f'"{tag}"'}).response()
