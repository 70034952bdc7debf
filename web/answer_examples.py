"""Answer examples: one for each answer of the OpenAPI document, told by the story and by the shapes themselves."""

from collections.abc import Iterator, Mapping
from typing import Any

from web.story.bookings import BOOKINGS, BOOKINGS_THEN
from web.story.marks import FIELDS, Told
from web.story.money import MONEY, MONEY_THEN
from web.story.people import PEOPLE
from web.story.places import PLACES, PLACES_THEN
from web.story.telling import TELLING, TELLING_THEN

STORY: Mapping[str, Told] = {**PEOPLE, **PLACES, **BOOKINGS, **MONEY, **TELLING}
"""What each shape says, by its name."""
THEN: Mapping[str, Told] = {**PLACES_THEN, **BOOKINGS_THEN, **MONEY_THEN, **TELLING_THEN}
"""What an answer says otherwise, by the operation's name and the status."""

JSON = "application/json"
SCHEMAS = "#/components/schemas/"
NULL = {"type": "null"}


def exemplify(document: dict[str, Any]) -> None:
    """Give each answer that is JSON an example, which is kept once among the components."""
    told = _Story(document["components"]["schemas"])
    kept: dict[str, Any] = {}
    for name, content in _answers(document["paths"]):
        shape = content["schema"]["$ref"].removeprefix(SCHEMAS)
        example = name.replace(" ", "_") if name in THEN else shape
        kept[example] = {"value": {**told.shape(shape), **THEN.get(name, {})}}
        content["examples"] = {example: {"$ref": f"#/components/examples/{example}"}}
    document["components"]["examples"] = kept


def _answers(paths: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the content of each successful answer that has a shape, with the operation and the status as a name."""
    for operation in (each for methods in paths.values() for each in methods.values()):
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get(JSON, {})
            if "$ref" in content.get("schema", {}):
                yield f"{operation['operationId']} {status}", content


class _Story:
    """What shapes say, each made of what is told of it and of what its fields allow."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def shape(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """Return what the shape of that name says."""
        schema = self._schemas[name]
        if "properties" not in schema:
            return self._of(schema)
        told = STORY.get(name, {})
        return {
            field: told[field] if field in told else self._field(field, each)
            for field, each in schema["properties"].items()
        }

    def _field(self, name: str, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        if NULL in schema.get("anyOf", ()):
            return None
        return FIELDS[name] if name in FIELDS and "const" not in schema else self._of(schema)

    def _of(self, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Return what may stand there as far as the schema tells; None where the story has to."""
        if "$ref" in schema:
            return self.shape(schema["$ref"].removeprefix(SCHEMAS))
        if "const" in schema:
            return schema["const"]
        if "examples" in schema:
            return schema["examples"][0]
        if "anyOf" in schema:
            return self._of(schema["anyOf"][0])
        if schema.get("type") == "array":
            return [self._of(schema["items"])]
        return {"boolean": False, "object": {}}.get(schema.get("type", ""))
