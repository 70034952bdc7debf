"""Examples: each answer in the OpenAPI document has one that it could be, and all tell of the same salon."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.application import application
from tests.conformance import Promises
from web.answer_examples import STORY, THEN
from web.story import money

DOCUMENT = application().api_doc
PROMISES = Promises(application())
SALON = "biz_01k5e2v8x3q7m9n4p6r0s2t4w6"


def answers() -> Iterator[Any]:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                yield pytest.param(path, method, int(status), answer, id=f"{operation['operationId']} {status}")


def examples(content: Mapping[str, Any]) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    return [_referred(each)["value"] for each in content.get("examples", {}).values()]


def _referred(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    _, _, section, name = part["$ref"].split("/")
    found: dict[str, Any] = DOCUMENT["components"][section][name]
    return found


def is_valid(schema: Draft202012Validator | None, example: object) -> bool:
    return isinstance(example, str) if schema is None else schema.is_valid(example)


@pytest.mark.parametrize(("path", "method", "status", "answer"), list(answers()))
def test_an_answer_shows_one_that_it_could_be(path: str, method: str, status: int, answer: dict[str, Any]) -> None:
    promise = PROMISES.of(path, method, status)
    assert promise is not None
    for kind, content in answer.get("content", {}).items():
        shown = examples(content)
        assert shown
        assert [example for example in shown if not is_valid(promise.content[kind], example)] == []
    for name, header in answer["headers"].items():
        assert is_valid(promise.headers[name][1], _referred(header)["example"])


def test_an_example_that_no_answer_could_be_is_found() -> None:
    promise = PROMISES.of("/api/businesses", "post", 201)
    assert promise is not None
    (example,) = examples(
        DOCUMENT["paths"]["/api/businesses"]["post"]["responses"]["201"]["content"]["application/json"]
    )
    schema = promise.content["application/json"]
    assert is_valid(schema, example)
    assert not is_valid(schema, example | {"created_at": "in March"})
    assert not is_valid(schema, example | {"owner": "Ada"})
    assert not is_valid(schema, {name: value for name, value in example.items() if name != "slug"})


@pytest.mark.parametrize(
    "name", [name for name, each in DOCUMENT["components"]["schemas"].items() if "examples" in each]
)
def test_a_shape_shows_what_it_could_be(name: str) -> None:
    schema = PROMISES.schema(f"#/components/schemas/{name}")
    assert [each for each in DOCUMENT["components"]["schemas"][name]["examples"] if not schema.is_valid(each)] == []


def test_nothing_is_told_of_what_is_not_there() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name, told in STORY.items():
        assert told.keys() <= schemas[name]["properties"].keys(), name
    assert THEN.keys() <= {answer.id for answer in answers()}
    for name in THEN:
        assert name.replace(" ", "_") in DOCUMENT["components"]["examples"]


def test_all_examples_tell_of_one_salon() -> None:
    told = json.dumps(DOCUMENT["components"]["examples"])
    assert set(re.findall(r"biz_\w+", told)) == {SALON}
    assert set(re.findall(r'"currency": "(\w+)"', told)) == {"NGN"}
    for payment in ("PaymentView", "initialize_transaction_201", "create_payment_intent_201"):
        assert DOCUMENT["components"]["examples"][payment]["value"]["amount"] == money.PRICE
