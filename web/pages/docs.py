"""The front door, the OpenAPI document, and the files that pages load."""

import json
from functools import cache
from typing import cast

from flask import Blueprint, Response, current_app, send_from_directory

from config import mail
from config.settings import settings
from web.auth import public
from web.describing import INFO
from web.limits import unlimited
from web.openapi import Api
from web.pages.shown import as_wanted, page, shown, unless_known

docs = Blueprint("docs", __name__, template_folder="templates")

YEAR = 31536000


@docs.get("/")
@public
def home() -> Response:
    """Say what runs here, and where to go on."""
    given = {"version": INFO.version, "environment": settings().environment, "has_mailbox": mail.mailbox() is not None}
    return shown(page("front.html", area="", **given))


@docs.get("/api/openapi.json")
@public
def document() -> Response:
    """Return the OpenAPI document."""
    response = Response(_document(cast(Api, current_app)), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    return unless_known(response)


@docs.get("/static/<path:name>")
@public
@unlimited
def asset(name: str) -> Response:
    """Return a file that never changes: its folder's name carries its version."""
    found = as_wanted(send_from_directory("static", name, max_age=YEAR))
    found.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return found


@cache
def _document(app: Api) -> bytes:
    return json.dumps(app.api_doc, ensure_ascii=False, separators=(",", ":")).encode()
