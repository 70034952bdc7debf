"""The reference of the API, to read and to try: made of the OpenAPI document, a page for each noun."""

from functools import cache
from typing import cast

from flask import Blueprint, Response, current_app, jsonify

from config.settings import settings
from web.auth import public
from web.demo import offered
from web.manual.colours import coloured
from web.manual.operations import Operation, Reference
from web.manual.samples import command
from web.openapi import Api
from web.pages.shown import missing, page, shown
from web.security import is_at_home

calls = Blueprint("calls", __name__, template_folder="templates")


@cache
def reference(app: Api) -> Reference:
    """Return the reference of an application; it is made once."""
    return Reference(app.api_doc)


@calls.get("/docs/api")
@public
def nouns() -> Response:
    """List every operation."""
    return shown(_nouns(cast(Api, current_app)))


@calls.get("/docs/api/<name>")
@public
def noun(name: str) -> Response:
    """Show the operations of one noun."""
    app = cast(Api, current_app)
    if name not in reference(app).tags:
        return missing()
    return shown(_noun(app, name))


@calls.get("/docs/demo.json")
@public
def demo() -> Response:
    """Tell whoever tries the API here the demo's key, which everybody at home may know: 204 where there is none."""
    found = offered() if is_at_home() else None
    response = Response(status=204) if found is None else jsonify(found)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@cache
def _nouns(app: Api) -> str:
    return page("nouns.html", area="reference", tags=reference(app).tags, base_url=settings().base_url)


@cache
def _noun(app: Api, name: str) -> str:
    tags = reference(app).tags
    given = {"tags": tags, "tag": tags[name], "offers_demo": not settings().is_production}
    return page("noun.html", area="reference", command=_command, coloured=coloured, **given)


def _command(operation: Operation) -> str:
    return command(operation, settings().base_url)
