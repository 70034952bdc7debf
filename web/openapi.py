"""OpenAPI: the application class, and how a route says in one place what it takes and gives.

    bookings = noun("bookings", "Claims on slots.")

    @operation(bookings.post, "", success={202: BookingView}, problems=("slot_taken",), takes=(IDEMPOTENCY_KEY,))
    def create_booking(body: BookingRequest) -> Response:
        '''Accept a booking.'''

The document is made of the models that validate; a view's name is its operationId.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from inspect import getdoc
from typing import Any, TypeVar, get_type_hints

from flask.typing import ResponseReturnValue
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.openapi import OpenAPI
from pydantic import BaseModel

from web.answer_examples import exemplify
from web.describing import (
    BEARER,
    HEADERS,
    IDEMPOTENCY_KEY,
    IF_CHANGED,
    INFO,
    PARAMETERS,
    SECURITY_SCHEMES,
    SERVERS,
    is_versioned,
    problem_responses,
    promised,
)
from web.further_reading import further_reading
from web.linking import link
from web.parameters import told_of
from web.parsing import JsonRequest, parsed
from web.schemas.problems import Problem
from web.schemas.webhook_messages import webhooks

Success = type[BaseModel] | dict[str, Any] | None
"""What an answer holds: a model, what the document says of it, or nothing."""

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

ALWAYS = ("unknown_parameter", "rate_limited", "internal_error", "unavailable")
BY_ARGUMENT = {
    "path": ("not_found",),
    "query": ("repeated_parameter", "invalid"),
    "body": ("malformed_json", "body_too_large", "unsupported_media_type", "invalid", "unknown_field"),
}
IDEMPOTENT = ("invalid_idempotency_key", "idempotency_in_flight", "idempotency_key_reused")


class Api(OpenAPI):
    """The Flask application, with its document at hand."""

    request_class = JsonRequest

    def __init__(self) -> None:
        # Every operation documents its own 500, so the library finds nothing to add of its own 422.
        super().__init__(
            "web",
            info=INFO,
            servers=list(SERVERS),
            security_schemes=dict(SECURITY_SCHEMES),
            validation_error_status=500,
            validation_error_model=Problem,
            doc_ui=False,
            static_folder=None,
        )
        self.openapi_version = "3.1.0"  # 3.2, its default, is refused by client generators

    def generate_spec_json(self) -> None:
        """Build the document: the library's, completed by what operations share."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        operations = [operation for path in self.spec_json["paths"].values() for operation in path.values()]
        again = [name for name, count in Counter(each["operationId"] for each in operations).items() if count > 1]
        if again:
            raise RuntimeError(f"operationId used more than once: {', '.join(again)}")
        for each in operations:
            for parameter in each.get("parameters", []):
                _without_null(parameter)
                parameter["description"] = parameter.get("description") or told_of(parameter)
            each["parameters"] = [*each.get("parameters", []), *each.pop("x-parameters")]
            for status, headers in each.pop("x-headers").items():
                each["responses"][status]["headers"] = headers
        self.spec_json["components"] |= {
            "parameters": _used(self.spec_json, "parameters", PARAMETERS),
            "headers": _used(self.spec_json, "headers", HEADERS),
        }
        for tag in self.spec_json["tags"]:
            tag.update(further_reading(tag["name"]))
        self.spec_json["webhooks"] = webhooks()
        link(self.spec_json)
        exemplify(self.spec_json)
        self.spec_json = _whole(self.spec_json)


def noun(name: str, description: str, *, place: str = "") -> APIBlueprint:
    """Return the blueprint of a noun's routes, below `/api/<name>` or `/api/<place>`."""
    tag = {"name": name, "description": description}
    return APIBlueprint(name, __name__, url_prefix=f"/api/{place or name}", abp_tags=[tag])


def operation(
    route: Callable[..., Callable[[Any], Any]],
    rule: str,
    *,
    success: Mapping[int, Success],
    problems: Sequence[str] = (),
    takes: Sequence[str] = (),
) -> Callable[[View], View]:
    """Route a view and document it: its models by *success* status, its own *problems*, the headers it *takes*.

    The problems that follow from its arguments, its headers and its need of a caller are added by themselves, and so is
    304 to who reads what has a version.
    """
    tells_unchanged = route.__name__ == "get" and is_versioned(success.get(HTTPStatus.OK))
    taken = (*takes, IF_CHANGED) if tells_unchanged else takes
    given = {**success, HTTPStatus.NOT_MODIFIED.value: None} if tells_unchanged else success

    def place(view: View) -> View:
        summary, _, more = (getdoc(view) or "").partition("\n")
        codes = [*_implied(view, taken), *problems]
        route(
            rule,
            operation_id=view.__name__,
            summary=summary.rstrip("."),
            description=" ".join(more.split()) or summary,
            responses={**given, **problem_responses(codes, taken)},
            openapi_extensions={
                "security": [] if _is_public(view) else [{BEARER: []}],
                "x-parameters": [{"$ref": f"#/components/parameters/{name}"} for name in taken],
                "x-headers": {str(status): promised(status, model, taken) for status, model in given.items()},
            },
        )(parsed(view))
        return view

    return place


def _implied(view: Callable[..., Any], takes: Sequence[str]) -> Iterable[str]:
    yield from ALWAYS
    arguments = get_type_hints(view)
    for argument, codes in BY_ARGUMENT.items():
        if argument in arguments:
            yield from codes
    yield from getattr(arguments.get("body"), "not_accepted", {}).values()
    if not _is_public(view):
        yield "unauthenticated"
        if not getattr(view, "is_for_guests", False):
            yield "booking_only"
    if IDEMPOTENCY_KEY in takes:
        yield from IDEMPOTENT


def _is_public(view: Callable[..., Any]) -> bool:
    return getattr(view, "is_public", False)


def _used(document: dict[str, Any], section: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    paths = json.dumps(document["paths"])
    return {name: part for name, part in parts.items() if f'"#/components/{section}/{name}"' in paths}


def _without_null(parameter: dict[str, Any]) -> None:
    """Say of what type a parameter is that may be left out: it cannot be null, whatever its model says of None."""
    choices = [each for each in parameter["schema"].get("anyOf", []) if each != {"type": "null"}]
    if len(choices) == 1:
        del parameter["schema"]["anyOf"]
        parameter["schema"] |= choices[0]


def _whole(node: Any) -> Any:  # noqa: ANN401 - JSON is
    """Return *node* with 1.0 written as 1: the library keeps every bound as a float."""
    if isinstance(node, dict):
        return {name: _whole(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_whole(item) for item in node]
    return int(node) if isinstance(node, float) and node.is_integer() else node
