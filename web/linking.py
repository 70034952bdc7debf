"""Linking: what the OpenAPI document says can be done with an object that an operation has just made.

A link goes from an answer that carries the object's `id` to every operation whose only path parameter is that object.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

MADE = ("201", "202")
NAMED: Mapping[str, str] = {
    "api_key": "key_id",
    "business": "slug",
    "calendar_feed": "feed_id",
    "webhook_delivery": "delivery_id",
    "webhook_endpoint": "endpoint_id",
}
"""The path parameter of an object, where it is not the object's own name and `_id`."""


def link(document: dict[str, Any]) -> None:
    """Add to each answer that tells of something made what can be done with it."""
    takers = list(_takers(document["paths"]))
    for operation in _operations(document["paths"]):
        for status in MADE:
            answer = operation["responses"].get(status, {})
            parameter = _parameter(answer, document["components"]["schemas"])
            links = {name: _link(name, parameter) for name, taken in takers if taken == parameter}
            if links:
                answer["links"] = links


def _operations(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in paths.values():
        yield from operations.values()


def _takers(paths: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each operation about one object, with the parameter that names it."""
    for path, operations in paths.items():
        taken = re.findall(r"{(\w+)}", path)
        if len(taken) == 1:
            yield from ((operation["operationId"], taken[0]) for operation in operations.values())


def _parameter(answer: Mapping[str, Any], schemas: Mapping[str, Any]) -> str | None:
    """Return by which path parameter the object in an answer is named; None: it has no id, or there is no object."""
    reference = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    fields = schemas.get(reference.rpartition("/")[2], {}).get("properties", {})
    name = fields.get("object", {}).get("const")
    return NAMED.get(name, f"{name}_id") if name and "id" in fields else None


def _link(operation_id: str, parameter: str | None) -> dict[str, Any]:
    return {"operationId": operation_id, "parameters": {parameter: "$response.body#/id"}}
