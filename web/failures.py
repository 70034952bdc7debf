"""Failures: whatever is raised while a request is served becomes a problem, and nothing else leaves."""

from typing import cast

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from config.logging import log
from config.transaction import AWAY
from domain.kernel.errors import DomainError
from web.parsing import JsonRequest
from web.problems import PROBLEMS, Refusal, answer_to, refused

BY_STATUS = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    503: "unavailable",
}


def register(app: Flask) -> None:
    """Answer every failure of *app* with a problem."""
    app.register_error_handler(Refusal, Refusal.answer)
    app.register_error_handler(DomainError, answer_to)
    app.register_error_handler(HTTPException, _http)
    for kind in AWAY:
        app.register_error_handler(kind, _away)
    app.register_error_handler(Exception, _unforeseen)
    app.after_request(_leave_nothing_unread)


def _http(error: HTTPException) -> HTTPException | Response:
    if isinstance(error, RequestRedirect) or error.code is None:
        return error
    server = error.code >= 500  # noqa: PLR2004 - where the fault lies, by RFC 9110
    code = BY_STATUS.get(error.code, "internal_error" if server else "bad_request")
    response = refused(code, PROBLEMS[code].explanation)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _leave_nothing_unread(response: Response) -> Response:
    """Read what a refusal did not wait for; of too large a body the rest is not read, and the connection ends."""
    if not cast("JsonRequest", request).read_to_the_end():
        response.headers["Connection"] = "close"
    return response


def _away(error: Exception) -> Response:
    log.error("the database is away", exc_info=error)
    return refused("unavailable", PROBLEMS["unavailable"].explanation)


def _unforeseen(error: Exception) -> Response:
    log.error("unforeseen failure", exc_info=error)
    return refused("internal_error", PROBLEMS["internal_error"].explanation)
