"""A page for each problem, to which the `type` of every refusal leads: what it means, what to do, and where it occurs."""

import json
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import cast

from flask import Blueprint, Response, current_app

from web.auth import public
from web.manual.colours import coloured
from web.manual.guides import Guide, guides
from web.openapi import Api
from web.pages.reference import reference
from web.pages.shown import missing, page, shown
from web.problems import PROBLEMS, Sort

problems = Blueprint("problems", __name__, template_folder="templates")

LISTS = frozenset({"reference/problems", "changelog"})
"""Guides that name every code, or tell when it came."""


@problems.get("/problems")
@public
def codes() -> Response:
    """List every code."""
    return shown(_codes())


@problems.get("/problems/<code>")
@public
def problem(code: str) -> Response:
    """Explain one code."""
    if code not in PROBLEMS:
        return missing()
    return shown(_problem(cast(Api, current_app), code))


@cache
def _codes() -> str:
    by_status = sorted(PROBLEMS.items(), key=_status)
    groups = [(status, list(each)) for status, each in groupby(by_status, key=_status)]
    return page("problems.html", area="problems", groups=groups)


@cache
def _problem(app: Api, code: str) -> str:
    known = reference(app)
    operations = [each for each in known.operations if code in dict(each.problems)]
    is_everywhere = len(operations) == sum(bool(each.path) for each in known.operations)
    example = coloured(json.dumps(known.example(code), indent=2, ensure_ascii=False), "json")
    places = {"operations": operations, "everywhere": is_everywhere, "guides": _telling(code)}
    return page("problem.html", area="problems", code=code, sort=PROBLEMS[code], example=example, **places)


def _telling(code: str) -> Sequence[Guide]:
    """Return the guides that tell of a code."""
    others = (each for each in guides().values() if each.path not in LISTS)
    return [each for each in others if f"`{code}`" in each.file.read_text(encoding="utf-8")]


def _status(item: tuple[str, Sort]) -> int:
    return item[1].status
