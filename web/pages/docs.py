"""The documentation: the OpenAPI document, the page that shows it, and a page for each problem."""

import json
from functools import cache
from html import escape
from http import HTTPStatus
from typing import cast

from flask import Blueprint, Response, current_app, redirect, request, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

from web.auth import public
from web.limits import unlimited
from web.openapi import Api
from web.problems import PROBLEMS, Refusal, Sort

docs = Blueprint("docs", __name__)

YEAR = 31536000
# RapiDoc styles itself inline; its scripts and calls stay on this server.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{body}
</html>
"""


@docs.get("/")
@public
def home() -> BaseResponse:
    """Lead to the documentation."""
    return redirect("/docs")


@docs.get("/docs")
@public
def reference() -> BaseResponse:
    """Show the API, to read and to try."""
    page = send_from_directory("static", "docs.html", max_age=0)
    page.headers["Content-Security-Policy"] = CSP
    return page


@docs.get("/api/openapi.json")
@public
def document() -> Response:
    """Return the OpenAPI document."""
    response = Response(_document(cast(Api, current_app)), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return cast(Response, response.make_conditional(request))


@docs.get("/static/<path:name>")
@public
@unlimited
def asset(name: str) -> BaseResponse:
    """Return a file that never changes: its folder's name carries its version."""
    found = send_from_directory("static", name, max_age=YEAR)
    found.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return found


@docs.get("/problems")
@public
def problems() -> Response:
    """List every code."""
    rows = "\n".join(
        f'<li><a href="/problems/{code}">{code}</a> ({sort.status}): {escape(sort.title)}.'
        for code, sort in PROBLEMS.items()
    )
    return _page("Problems", f"<h1>Problems</h1>\n<ul>\n{rows}\n</ul>")


@docs.get("/problems/<code>")
@public
def problem(code: str) -> Response:
    """Explain one code."""
    sort = PROBLEMS.get(code)
    if sort is None:
        raise Refusal("not_found")
    return _page(sort.title, _explained(code, sort))


def _explained(code: str, sort: Sort) -> str:
    status = f"{sort.status} {HTTPStatus(sort.status).phrase}"
    return (
        f"<h1>{escape(sort.title)}</h1>\n<p>{escape(sort.explanation)}</p>\n"
        f'<p><code>{code}</code>, HTTP {status}. <a href="/problems">All problems</a></p>'
    )


def _page(title: str, body: str) -> Response:
    return Response(PAGE.format(title=escape(title), body=body), mimetype="text/html")


@cache
def _document(app: Api) -> bytes:
    return json.dumps(app.api_doc, ensure_ascii=False, separators=(",", ":")).encode()
