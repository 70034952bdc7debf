"""Tracing: every request has an id that its answer, its logs and its jobs carry, leaves one line, and is counted."""

import re
from time import perf_counter

from flask import Flask, Response, g, request

from config.logging import bind_contextvars, clear_contextvars, log
from config.metrics import answered
from domain.accounts.rules import Principal
from domain.kernel.ids import Kind, new_id, shown

LONGEST_METHOD = 16
SANE = re.compile(r"[A-Za-z0-9._-]{1,128}")


def register(app: Flask) -> None:
    """Give each of *app*'s requests its id, and log it. Register first: what follows may already refuse."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    clear_contextvars()
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if SANE.fullmatch(sent) else shown(Kind.REQUEST, new_id())
    g.began = perf_counter()
    bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    principal = g.get("principal")
    seconds, waited = perf_counter() - g.began, g.get("waited", 0.0)
    route = request.url_rule.rule if request.url_rule else None
    log.info(
        "request",
        method=request.method[:LONGEST_METHOD],  # whatever a caller writes there
        route=route,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        waited_ms=round(waited * 1000, 1),
        bytes=response.calculate_content_length(),
        caller=_named(principal) if principal else None,
    )
    answered(request.method, route, response.status_code, seconds - waited)
    return response


def _named(principal: Principal) -> str:
    """Return who asks: a user, or the booking whose manage link somebody has."""
    if principal.booking_id:
        return shown(Kind.BOOKING, principal.booking_id)
    return shown(Kind.USER, principal.user_id)
