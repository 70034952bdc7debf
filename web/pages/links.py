"""The pages that mailed links lead to: one booking, and what one does with an account. They call this server only."""

from flask import Blueprint, send_from_directory
from werkzeug.wrappers import Response

from web.auth import public

links = Blueprint("links", __name__)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


@links.get("/manage")
@public
def manage() -> Response:
    """Let whoever has a booking's link see and change it; what the link carries is behind its `#`, and is not sent here."""
    return _page("manage.html")


@links.get("/account")
@public
def account() -> Response:
    """Let people reset a password, confirm an address, or accept an invitation."""
    return _page("account.html")


def _page(name: str) -> Response:
    page = send_from_directory("static", name, max_age=0)
    page.headers["Content-Security-Policy"] = CSP
    return page
