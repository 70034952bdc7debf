"""Every operation of the document, sent what it does not take: refused before anything is done."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.walks.walker import app, objects, operations, refused, takes_a_body, walker
from tests.writes import writes
from web.parsing import BODY_BYTES
from web.strict_json import DEPTH

WITH_BODY = sorted(filter(takes_a_body, operations()))
OURS = {"id", "object", "created_at", "updated_at", "version", "is_operator", "plan", "account_id", "user", "owner_id"}
"""What only we set; a body that took one of these would let a caller say what they are."""
FREE = {"metadata"}
"""Objects whose fields are the caller's own."""


@pytest.mark.parametrize("name", sorted(operations()))
def test_a_parameter_that_it_does_not_know_is_400(name: str) -> None:
    walker()
    with writes() as written:
        refused(walker().ask(name, query={"nonsense": "1"}), 400, "unknown_parameter")
        for known in walker().query(name):
            refused(walker().ask(name, query={known: ["1", "2"]}), 400, "repeated_parameter")
    assert written == []


@pytest.mark.parametrize("name", sorted(operations()))
def test_a_character_that_no_text_holds_is_refused_wherever_an_address_has_it(name: str) -> None:
    method, _, path = name.partition(" ")
    parameters = [each for each in operations()[name]["parameters"] if each.get("in") == "query"]
    places = [walker().path(name).replace(part, "a%00b") for part in walker().path(name).split("/") if part not in path]
    with writes() as written:
        for each in parameters:
            answer = walker().ask(name, query={each["name"]: "a\0b"})
            refused(answer, 422, "invalid")
            assert answer.get_json()["errors"][0]["pointer"] == f"?{each['name']}"
        for place in places:
            answer = app().test_client().open(place, method=method, json={}, headers=walker().owner)
            refused(answer, 404, "not_found")
    assert written == []


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_field_that_it_does_not_know_is_422_wherever_it_stands(name: str) -> None:
    body = walker().body(name)
    with writes() as written:
        for part in objects(body):
            for field in ("nonsense", "is_operator"):
                part[field] = True
                answer = walker().ask(name, raw=json.dumps(body).encode())
                refused(answer, 422, "unknown_field")
                assert answer.get_json()["errors"][0]["pointer"].endswith(f"/{field}")
                del part[field]
    assert written == []


@pytest.mark.parametrize("name", WITH_BODY)
def test_what_is_no_sound_json_is_refused(name: str) -> None:
    body = json.dumps(walker().body(name))
    first = json.dumps(next(iter(walker().body(name)), "x"))
    deep = "[" * DEPTH + "]" * DEPTH
    with writes() as written:
        for raw in (f"{{{first}: 1, {body[1:]}", f'{{"x": {deep}}}', f"[{body}]", "", "{", f"{body[:-1]}, }}"):
            refused(walker().ask(name, raw=raw.encode()), 400, "malformed_json")
        refused(walker().ask(name, raw=b'{"x": "\xff"}'), 400, "malformed_json")
        for other in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json; charset=utf-16",
        ):
            refused(walker().ask(name, raw=body.encode(), content_type=other), 415, "unsupported_media_type")
        long = body.encode() + b" " * BODY_BYTES
        answer = walker().ask(name, raw=long)
        refused(answer, 413, "body_too_large")
        assert answer.headers["Connection"] == "close"
    assert written == []


@pytest.mark.parametrize("name", WITH_BODY)
def test_nobody_can_say_what_only_we_set(name: str) -> None:
    shapes = _shapes(operations()[name]["requestBody"]["content"]["application/json"]["schema"])
    assert [field for shape in shapes for field in shape["properties"] if field in OURS] == []
    assert [shape for shape in shapes if shape["additionalProperties"] is not False] == []


def _named(reference: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = app().api_doc["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _shapes(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return every object that a body may hold, but those whose fields are the caller's own."""
    if "$ref" in schema:
        return _shapes(_named(schema["$ref"]))
    inner = [each for name, each in schema.get("properties", {}).items() if name not in FREE]
    inner += [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for each in inner for found in _shapes(each)]


def test_whatever_can_be_sent_is_described() -> None:
    parts = app().api_doc["components"]["parameters"]
    for name, operation in operations().items():
        for each in operation["parameters"]:
            found = parts[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            assert found["description"], f"{name}: {found['name']}"
