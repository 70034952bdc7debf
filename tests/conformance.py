"""Conformance: whatever a test is answered below `/api` is held to the OpenAPI document, and fails the test if it differs.

`Held` is the client that the whole suite asks with (`tests/conftest.py` says so). The document is read more strictly than
a caller has to: an answer may have no field, no problem code and no status that its operation does not name.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from threading import Lock
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator, Registry
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from web.describing import LIMITS
from web.openapi import Api
from web.problems import MEDIA_TYPE

DOCUMENT = "urn:document"
UNDOCUMENTED = {
    "/api/openapi.json": "the document itself",
    "/api/payments/<any(stripe, paystack):provider>/webhook": "the providers document what they send",
    "/api/payments/<any(stripe, paystack):provider>/webhook/<token>": "as above",
}
"""The rules below `/api` that are no operations, and why; their refusals are problems all the same."""
OF_HTTP = {
    *("Content-Type", "Content-Length", "Content-Disposition", "Allow", "Vary", "Cache-Control", "Referrer-Policy"),
    *("X-Content-Type-Options", "X-Frame-Options", "Connection"),
    *("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy"),
    *("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"),
}
"""Headers that mean everywhere what HTTP says, and that no operation has to name."""
OF_LIMITS = {name.title() for name in LIMITS}
"""They are on whatever is counted; the document names them where it was done, and where it is refused for the limit."""

ONE_AT_A_TIME = Lock()


class Held(FlaskClient):
    """A client that takes no answer which the document does not promise."""

    application: Api

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - as Flask's
        """Ask, and hold the answer to the document. Raises an AssertionError that says where they differ."""
        answer = super().open(*args, **kwargs)
        if answer.request.path.startswith("/api/"):
            hold(self.application, answer)
        return answer


def hold(app: Api, answer: TestResponse) -> None:
    """Raise an AssertionError unless *answer* is one that the document of *app* promises."""
    method, path = answer.request.method, answer.request.path
    differences = list(_differences(app, method, path, answer))
    assert not differences, f"{method} {path} answers {answer.status_code}, but " + "; ".join(differences)


def _differences(app: Api, method: str, path: str, answer: TestResponse) -> Iterator[str]:
    rule = _rule(app, method, path)
    if method == "OPTIONS" or (rule in UNDOCUMENTED and answer.status_code < HTTPStatus.BAD_REQUEST):
        return
    promises = _promises(app)
    is_operation = rule is not None and rule not in UNDOCUMENTED
    promise = promises.of(rule, method, answer.status_code) if is_operation else promises.refusal
    if promise is None:
        yield f"{method} {rule} documents no such answer"
    else:
        yield from promise.broken(answer)


def _rule(app: Api, method: str, path: str) -> str | None:
    """Return the rule that a request is for, or None: there is nothing there, or not by that method."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except (HTTPException, RequestRedirect):
        return None
    return rule.rule


@dataclass(frozen=True)
class Promise:
    """What the document says of one status of one operation: its headers, and its content by type.

    A header is required or not; content that is no JSON has no schema. A refusal has one of the *codes*, if they are told.
    """

    headers: Mapping[str, tuple[bool, Draft202012Validator]]
    content: Mapping[str, Draft202012Validator | None]
    codes: frozenset[str] | None

    def broken(self, answer: TestResponse) -> Iterator[str]:
        """Yield how *answer* differs."""
        for name, (is_required, schema) in self.headers.items():
            value = answer.headers.get(name)
            if value is None and is_required:
                yield f"the header {name} is missing"
            elif value is not None and not any(map(schema.is_valid, _readings(value))):
                yield f"the header {name} is {value!r}"
        unnamed = {name.title() for name in dict(answer.headers)} - {name.title() for name in self.headers}
        for name in sorted(unnamed - OF_HTTP - OF_LIMITS):
            yield f"the header {name} is not documented"
        kinds = " or ".join(self.content) or "none"
        if not answer.data:
            if self.content and answer.request.method != "HEAD":
                yield f"it has no content, not {kinds}"
        elif answer.mimetype not in self.content:
            yield f"its content is {answer.mimetype}, not {kinds}"
        elif schema := self.content[answer.mimetype]:
            yield from self._broken_in(json.loads(answer.data), schema, answer.headers.get("ETag", ""))

    def _broken_in(self, body: Any, schema: Draft202012Validator, tag: str) -> Iterator[str]:  # noqa: ANN401 - JSON is
        for error in schema.iter_errors(body):
            yield f"at /{'/'.join(map(str, error.instance_path))}: {error.message}"
        if self.codes is not None and body.get("code") not in self.codes:
            yield f"at /code: {body.get('code')!r} is not documented"
        version = body.get("version") if "ETag" in self.headers and not body.get("inherited") else None
        if version and not re.fullmatch(rf'"v{version}(-\w+)?"', tag):  # version 0 is nothing that is kept yet
            yield f"the ETag of version {version} is {tag or 'missing'}"


def _readings(value: str) -> Iterator[str | int]:
    yield value
    if re.fullmatch(r"-?\d+", value):
        yield int(value)


class Promises:
    """The document of an application, with what it says made ready to be compared, once for each answer."""

    def __init__(self, app: Api) -> None:
        self.document = {**app.api_doc, "components": _closed(app.api_doc["components"])}
        self.registry = Registry([(DOCUMENT, self.document)])
        self.of = lru_cache(maxsize=None)(self._of)
        self.refusal = Promise(
            headers={
                "X-Request-Id": self._header("X-Request-Id"),
                "Retry-After": self._header("Retry-After-In-Flight"),  # which not every refusal has
            },
            content={MEDIA_TYPE: self.schema("#/components/schemas/Problem")},
            codes=None,
        )

    def _of(self, rule: str, method: str, status: int) -> Promise | None:
        place = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)
        name = {"HEAD": "get"}.get(method, method.lower())
        response = self.document["paths"].get(place, {}).get(name, {"responses": {}})["responses"].get(str(status))
        if response is None:
            return None
        at = f"#/paths/{_pointed(place)}/{name}/responses/{status}/content"
        content = response.get("content", {})
        return Promise(
            headers={name: self._header(each["$ref"].rpartition("/")[2]) for name, each in response["headers"].items()},
            content={
                kind: self.schema(f"{at}/{_pointed(kind)}/schema") if kind.endswith("json") else None
                for kind in content
            },
            codes=frozenset(content[MEDIA_TYPE]["examples"]) if MEDIA_TYPE in content else None,
        )

    def _header(self, component: str) -> tuple[bool, Draft202012Validator]:
        header = self.document["components"]["headers"][component]
        return header.get("required", False), self.schema(f"#/components/headers/{component}/schema")

    def schema(self, pointer: str) -> Draft202012Validator:
        """Return what decides whether something is as the schema at *pointer* says, formats and all."""
        return Draft202012Validator({"$ref": f"{DOCUMENT}{pointer}"}, registry=self.registry, validate_formats=True)


@lru_cache
def _made(app: Api) -> Promises:
    return Promises(app)


def _promises(app: Api) -> Promises:
    with ONE_AT_A_TIME:  # the document is made when it is first asked for, and races ask from many threads
        return _made(app)


def _pointed(name: str) -> str:
    return quote(name.replace("~", "~0").replace("/", "~1"))


def _closed(node: Any) -> Any:  # noqa: ANN401 - JSON is
    """Return *node* with every object that lists its properties taking no others."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    whole = {name: _closed(value) for name, value in node.items()}
    return (
        {"additionalProperties": False, **whole} if whole.get("type") == "object" and "properties" in whole else whole
    )
