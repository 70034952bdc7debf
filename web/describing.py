"""Describing: the parts of the OpenAPI document that operations share, and the answers each of them may give."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask_openapi.models.info import Info
from flask_openapi.models.server import Server
from pydantic import BaseModel

from web.problems import MEDIA_TYPE, PROBLEMS

INFO = Info(
    title="AionBooking",
    version="0.1.0",
    description="Businesses publish services, and people book times. Every booking that is accepted is decided.",
    contact={"name": "Whoever runs this server"},
    license={"name": "MIT", "identifier": "MIT"},
)
SERVERS = [Server(url="/", description="This server")]
BEARER = "bearer"
SECURITY_SCHEMES = {
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token (it expires after 24 hours, or when its session or API key ends), or an API key.",
    }
}

# Request headers: the names by which an operation says that it takes them.
IDEMPOTENCY_KEY = "IdempotencyKey"
PREFER = "Prefer"
IF_MATCH = "IfMatch"
IF_NONE_MATCH = "IfNoneMatch"
IF_CHANGED = "IfChanged"

PARAMETERS: Mapping[str, dict[str, Any]] = {
    IDEMPOTENCY_KEY: {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes the request safe to repeat: for 24 hours the same key with the same body has its effect "
        "once and gets the same answer (`Idempotency-Replayed: true`).",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
    PREFER: {
        "name": "Prefer",
        "in": "header",
        "description": "`wait=N` holds the answer until the outcome is known, for up to N (at most 25) seconds; `respond-async` "
        "gives it at once where it would be held by itself.",
        "schema": {"type": "string"},
        "example": "wait=10",
    },
    IF_MATCH: {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the version that you mean to change; another version is 412.",
        "schema": {"type": "string"},
        "example": '"v3"',
    },
    IF_NONE_MATCH: {
        "name": "If-None-Match",
        "in": "header",
        "description": "`*` means that you expect none to be there yet; if there is one it is 412. Nothing else counts.",
        "schema": {"type": "string"},
        "example": "*",
    },
    IF_CHANGED: {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of the answer that you have: 304 while it is still the answer.",
        "schema": {"type": "string"},
        "example": '"v3-5d41402abc4b2a76"',
    },
}
IN_FLIGHT = "Retry-After-In-Flight"  # what the document calls the Retry-After that not every code of a 409 brings
HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "Names this request in every log line.",
        "required": True,
        "schema": {"type": "string"},
        "example": "req_01k5e2v8x3q7m9n4p6r0s2t4w6",
    },
    "Location": {
        "description": "Where the object is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/bookings/bkg_01k5e2v8x3q7m9n4p6r0s2t4w6",
    },
    "ETag": {
        "description": "The version, for `If-Match` or `If-None-Match`; none while `version` is 0 or a schedule `inherited`.",
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
        "example": '"v3"',
    },
    "Link": {
        "description": 'The next page, `rel="next"`.',
        "schema": {"type": "string"},
        "example": '</api/bookings?cursor=eyJrIjoxfQ>; rel="next"',
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
        "example": 1,
    },
    IN_FLIGHT: {
        "description": "Seconds to wait before asking again, while what was asked for is being worked on.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 1,
    },
    "WWW-Authenticate": {
        "description": "The scheme to sign in with.",
        "required": True,
        "schema": {"type": "string"},
        "example": "Bearer",
    },
    "Idempotency-Replayed": {
        "description": "`true` on an answer given before.",
        "schema": {"type": "string", "enum": ["true"]},
        "example": "true",
    },
    "Preference-Applied": {
        "description": "The preference that was honoured.",
        "schema": {"type": "string"},
        "example": "wait=10",
    },
    "RateLimit-Policy": {
        "description": "The limit that counts: its name, how many requests (`q`), and within how many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"free";q=100;w=60',
    },
    "RateLimit": {
        "description": "How many more requests may come by now (`r`), and in how many seconds one more may (`t`).",
        "schema": {"type": "string"},
        "example": '"free";r=99;t=45',
    },
    "X-RateLimit-Limit": {"description": "`q` of the policy.", "schema": {"type": "integer"}, "example": 100},
    "X-RateLimit-Remaining": {"description": "`r` of the limit.", "schema": {"type": "integer"}, "example": 99},
    "X-RateLimit-Reset": {
        "description": "When `t` is over, in Unix seconds.",
        "schema": {"type": "integer"},
        "example": 1_773_579_645,
    },
}
LIMITS = ("RateLimit-Policy", "RateLimit", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
COMES_WITH = {IDEMPOTENCY_KEY: "Idempotency-Replayed", PREFER: "Preference-Applied"}
LOCATED = {HTTPStatus.CREATED, HTTPStatus.ACCEPTED}


def is_versioned(model: type[BaseModel] | dict[str, Any] | None) -> bool:
    """Tell whether an answer carries a version, and so an ETag."""
    return isinstance(model, type) and "version" in model.model_fields


def promised(status: int, model: type[BaseModel] | dict[str, Any] | None, takes: Sequence[str]) -> dict[str, Any]:
    """Return the headers that a successful answer carries, as references."""
    names = ["X-Request-Id", *LIMITS, *(COMES_WITH[name] for name in takes if name in COMES_WITH)]
    fields = model.model_fields if isinstance(model, type) else {}
    if status in LOCATED and model:
        names.append("Location")
    if status == HTTPStatus.ACCEPTED and model:
        names.append("Retry-After")
    if is_versioned(model) or IF_CHANGED in takes:
        names.append("ETag")
    if "next_cursor" in fields:
        names.append("Link")
    return _references(names)


def problem_responses(codes: Iterable[str], takes: Sequence[str]) -> dict[str, Any]:
    """Return the responses of an operation that may be refused with *codes*, one for each status.

    What some of the headers that it *takes* bring with them is on refusals, too: they may be repeated, and waited for.
    """
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[PROBLEMS[code].status].append(code)
    brought = [COMES_WITH[name] for name in takes if name in COMES_WITH]
    return {str(status): _problem_response(by_status[status], brought) for status in sorted(by_status)}


def _problem_response(codes: Sequence[str], brought: Sequence[str]) -> dict[str, Any]:
    sort = PROBLEMS[codes[0]]
    names = ["X-Request-Id", *brought]
    if sort.status == HTTPStatus.UNAUTHORIZED:
        names.append("WWW-Authenticate")
    if sort.status == HTTPStatus.TOO_MANY_REQUESTS:
        names += LIMITS
    waits = [PROBLEMS[code].retry_after is not None for code in codes]
    if all(waits):
        names.append("Retry-After")
    sometimes = {"Retry-After": _reference(IN_FLIGHT)} if any(waits) and not all(waits) else {}
    return {
        "description": " ".join(f"`{code}`: {PROBLEMS[code].title}." for code in codes),
        "headers": _references(names) | sometimes,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": _example(code)} for code in codes},
            }
        },
    }


def _example(code: str) -> dict[str, Any]:
    sort = PROBLEMS[code]
    return {
        "type": f"/problems/{code}",
        "title": sort.title,
        "status": sort.status,
        "code": code,
        "detail": sort.explanation,
        "request_id": "req_01k5e2v8x3q7m9n4p6r0s2t4w6",
    }


def _references(names: Iterable[str]) -> dict[str, Any]:
    return {name: _reference(name) for name in names}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/headers/{name}"}
