"""Shapes: the schemas of the OpenAPI document as fields to be read, and samples of what they describe."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from web.manual import markdown

Schema = Mapping[str, Any]
REFERENCE = "#/components/schemas/"
DEEPEST = 6
NULL = {"type": "null"}
WORDS: Mapping[str, str] = {
    "date-time": "instant, RFC 3339 with an offset",
    "date": "date",
    "email": "e-mail address",
    "uri": "URL",
    "integer": "whole number",
    "boolean": "true or false",
}
SAMPLES: Mapping[str, object] = {
    "date-time": "2026-03-15T14:00:00+01:00",
    "date": "2026-03-15",
    "email": "ada@example.com",
    "uri": "https://example.com/hooks",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "string": "…",
}
NAMED: Mapping[str, str] = {
    "currency": "NGN",
    "email": "ada@example.com",
    "name": "Ada",
    "phone": "+2348012345678",
    "timezone": "Africa/Lagos",
}
BOUNDS: Mapping[str, str] = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "maxProperties": "at most {} of them",
}

EMPTY = {("minLength", 1), ("minItems", 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field or parameter; *within* are those of the object that it holds."""

    name: str
    kind: str
    is_required: bool
    description: Markup
    facts: Sequence[str]
    choices: Sequence[str]
    within: Sequence["Field"]


class Shapes:
    """The schemas of one document, which name each other."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]

    def fields(self, schema: Schema, above: frozenset[str] = frozenset()) -> Sequence[Field]:
        """Return the fields of an object, or of the objects in a list; none of what is neither."""
        return [field for part, seen in self._objects(schema, above) for field in self._own(part, seen)]

    def field(self, name: str, schema: Schema, *, required: bool, above: frozenset[str] = frozenset()) -> Field:
        """Return one field."""
        plain = self._plain(schema)
        return Field(
            name=name,
            kind=self.kind(schema),
            is_required=required,
            description=markdown.inline(schema.get("description") or plain.get("description", "")),
            facts=list(self._facts(schema)),
            choices=[str(each) for each in self._bare(plain).get("enum", ())],
            within=self.fields(schema, above) if len(above) < DEEPEST else [],
        )

    def kind(self, schema: Schema) -> str:
        """Return in words what a schema takes."""
        choices = [each for each in schema.get("anyOf", schema.get("oneOf", ())) if each != NULL]
        if choices:
            return " or ".join(dict.fromkeys(map(self.kind, choices)))
        plain = self._plain(schema)
        if "const" in plain:
            return f"always “{plain['const']}”"
        if plain.get("type") == "array":
            return f"list: {self.kind(plain.get('items', {}))}"
        return WORDS.get(plain.get("format", ""), WORDS.get(plain.get("type", ""), plain.get("type", "anything")))

    def sample(self, schema: Schema, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
        """Return an example of what a schema describes: the one it gives, or one made up of those of its fields."""
        plain = self._bare(self._plain(schema))
        for given in ("const", "example", "default"):
            if given in plain:
                return plain[given]
        if plain.get("examples"):
            return plain["examples"][0]
        if plain.get("enum"):
            return plain["enum"][0]
        if plain.get("type") == "array":
            return [self.sample(plain["items"], depth + 1)] if "items" in plain and depth < DEEPEST else []
        if "properties" in plain and depth < DEEPEST:
            return {name: NAMED.get(name) or self.sample(each, depth + 1) for name, each in plain["properties"].items()}
        return SAMPLES.get(plain.get("format", ""), SAMPLES.get(plain.get("type", ""), {}))

    def least(self, schema: Schema) -> Any:  # noqa: ANN401 - JSON
        """Return an example to be sent: the one that a schema gives, or what it cannot do without."""
        plain = self._bare(self._plain(schema))
        if plain.get("examples") or "example" in plain:
            return self.sample(schema)
        return {name: self.sample(plain["properties"][name]) for name in plain.get("required", ())}

    def _own(self, schema: Schema, above: frozenset[str]) -> Iterator[Field]:
        required = schema.get("required", ())
        for name, each in schema.get("properties", {}).items():
            yield self.field(name, each, required=name in required, above=above)

    def _objects(self, schema: Schema, above: frozenset[str]) -> Iterator[tuple[Schema, frozenset[str]]]:
        """Yield the objects that may stand there, each with the names on the way to it: none is told within itself."""
        name = schema.get("$ref", "").removeprefix(REFERENCE)
        if name in above:
            return
        seen = above | ({name} if name else set())
        plain = self._plain(schema)
        for each in plain.get("anyOf", plain.get("oneOf", ())):
            yield from self._objects(each, seen)
        if "items" in plain:
            yield from self._objects(plain["items"], seen)
        if "properties" in plain:
            yield plain, seen

    def _facts(self, schema: Schema) -> Iterator[str]:
        plain = self._plain(schema)
        bare = self._bare(plain)
        for name, words in BOUNDS.items():
            if name in bare:
                yield "not empty" if (name, bare[name]) in EMPTY else words.format(f"{bare[name]:,}")
        if plain.get("default") is not None and "const" not in plain:
            yield f"{_written(plain['default'])} unless given"
        if NULL in plain.get("anyOf", ()):
            yield "may be null"

    def _plain(self, schema: Schema) -> Schema:
        """Return what a reference stands for, with what is said beside it."""
        if "$ref" not in schema:
            return schema
        named = self._schemas[schema["$ref"].removeprefix(REFERENCE)]
        return {**self._plain(named), **{name: each for name, each in schema.items() if name != "$ref"}}

    def _bare(self, schema: Schema) -> Schema:
        """Return the first choice of a schema that leaves one: what it is when it is not null."""
        choices = [each for each in schema.get("anyOf", schema.get("oneOf", ())) if each != NULL]
        return {**self._bare(self._plain(choices[0])), **schema} if choices else schema


def _written(value: object) -> str:
    return "true" if value is True else "false" if value is False else str(value) or "empty"
