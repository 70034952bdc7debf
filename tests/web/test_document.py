"""The OpenAPI document: complete, consistent, and made of what validates."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.application import application
from web.describing import LIMITS
from web.further_reading import GUIDES
from web.openapi import Api
from web.problems import PROBLEMS
from web.schemas.problems import Problem
from web.schemas.webhook_messages import WebhookMessage

DOCUMENT = application().api_doc
CONVENTIONS = Path(__file__).resolve().parents[2] / "docs/reference/conventions.md"


def operations() -> Iterator[Any]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield pytest.param(operation, id=f"{method} {path}")


def test_it_is_served_to_everyone(client: FlaskClient, app: Api) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.get_json() == json.loads(json.dumps(app.api_doc))
    assert answer.get_json()["openapi"] == "3.1.0"
    assert [server["url"] for server in answer.get_json()["servers"]] == ["/"]
    again = client.get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("operation", list(operations()))
def test_every_operation_says_what_it_does_and_how_it_refuses(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert operation["security"] == ([] if "401" not in operation["responses"] else operation["security"])
    for status, response in operation["responses"].items():
        assert "X-Request-Id" in response["headers"]
        if status >= "400":
            examples = response["content"]["application/problem+json"]["examples"]
            for code, example in examples.items():
                assert PROBLEMS[code].status == int(status) == Problem.model_validate(example["value"]).status
    assert {"400", "500", "503"} <= operation["responses"].keys()


@pytest.mark.parametrize("operation", list(operations()))
def test_every_operation_says_that_it_is_limited_and_how_one_is_told(operation: dict[str, Any]) -> None:
    refused = operation["responses"]["429"]
    assert refused["content"]["application/problem+json"]["examples"].keys() == {"rate_limited"}
    assert refused["headers"].keys() >= {*LIMITS, "Retry-After"}
    for status, response in operation["responses"].items():
        assert status >= "300" or response["headers"].keys() >= {*LIMITS}


@pytest.mark.parametrize("tag", DOCUMENT["tags"], ids=lambda tag: tag["name"])
def test_every_tag_links_to_what_a_guide_says_of_it(client: FlaskClient, tag: dict[str, Any]) -> None:
    url = urlsplit(tag["externalDocs"]["url"])
    assert url.scheme, "only a whole address is one, by OpenAPI's own schema"
    place, part = url.path, url.fragment
    assert place.startswith("/docs/")
    answer = client.get(place)
    assert answer.status_code == 200
    assert not part or f'id="{part}"' in answer.text


def test_no_guide_is_named_for_what_there_is_not() -> None:
    assert GUIDES.keys() == {tag["name"] for tag in DOCUMENT["tags"]}


def test_the_conventions_name_all_that_needs_no_token() -> None:
    (named,) = re.findall(r"Under `/api/auth` these are (.+?);", CONVENTIONS.read_text(), re.DOTALL)
    public = {
        path
        for path, methods in DOCUMENT["paths"].items()
        if any(operation["security"] == [] for operation in methods.values())
    }
    assert {f"/api/auth/{each}" for each in re.findall(r"`([^`]+)`", named)} == public


def test_names_are_unique() -> None:
    names = [parameter.values[0]["operationId"] for parameter in operations()]
    assert len(names) == len(set(names))


def test_nothing_refers_to_what_is_not_there() -> None:
    text = json.dumps(DOCUMENT)
    for section, parts in DOCUMENT["components"].items():
        if section != "securitySchemes":
            assert all(f'"#/components/{section}/{name}"' in text for name in parts)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        _, _, section, name = reference.split("/")
        assert name in DOCUMENT["components"][section]


def test_what_is_posted_to_webhook_endpoints_is_in_the_document_too() -> None:
    posted = DOCUMENT["webhooks"]["event"]["post"]
    content = posted["requestBody"]["content"]["application/json"]

    assert content["schema"]["properties"]["data"] == {"$ref": "#/components/schemas/EventView"}
    assert "EventView" in DOCUMENT["components"]["schemas"]
    for example in content["examples"].values():
        assert WebhookMessage.model_validate(example["value"]).dump() == example["value"]
    assert {each["name"] for each in posted["parameters"]} == {"webhook-id", "webhook-timestamp", "webhook-signature"}
