"""Showing: what all pages of the manual have in common, from their template to the headers that they come with."""

from http import HTTPStatus
from typing import cast

from flask import Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from web.manual.markdown import inline
from web.problems import Refusal

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def page(template: str, **given: object) -> str:
    """Return a page of the manual; `area` says in which part of it the page is."""
    return render_template(f"manual/{template}", inline=inline, phrase=_phrase, **given)


def shown(text: str | bytes, mimetype: str = "text/html") -> Response:
    """Answer with what stays the same until another version is installed, or with 304 to whoever has it."""
    response = Response(text, mimetype=mimetype, headers={"Cache-Control": "no-cache", "Content-Security-Policy": CSP})
    return unless_known(response)


def unless_known(response: Response) -> Response:
    """Answer 304 to whoever has this. Raises Refusal for whoever wants, by `If-Match`, what it was before (RFC 9110, 13.1.1)."""
    response.add_etag()
    return as_wanted(response.make_conditional(request))


def as_wanted(response: BaseResponse) -> Response:
    """Return an answer that werkzeug has compared with what the caller has or wants. Raises Refusal for its bare 412."""
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        response.close()
        raise Refusal("stale_version")
    return cast(Response, response)


def missing() -> Response:
    """Say that there is no such page, to people by a page. Raises Refusal for programs."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) != "text/html":
        raise Refusal("not_found")
    return Response(page("missing.html", area=""), 404, mimetype="text/html", headers={"Content-Security-Policy": CSP})


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
