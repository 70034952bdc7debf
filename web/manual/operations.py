"""Operations: what the OpenAPI document says of each, put together for a page to show."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from markupsafe import Markup

from web.manual import markdown
from web.manual.shapes import REFERENCE, Field, Schema, Shapes
from web.problems import PROBLEMS, Sort

PLACES: Mapping[str, str] = {"path": "In the path", "query": "In the query", "header": "Headers"}
API = re.compile(r"\bapi\b")
CODE = re.compile(r"`(\w+)`")
REFUSED = 400
REQUEST = "req_01k5e2v8x3q7m9n4p6r0s2t4w6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter, and what a form has in its place to begin with."""

    field: Field
    place: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is sent or answered: its media type, its fields, and a sample of it."""

    media: str
    name: str
    fields: Sequence[Field]
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A successful answer."""

    status: int
    phrase: str
    content: Content | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation; what is sent to others has no path, and cannot be tried."""

    id: str
    tag: str
    method: str
    path: str
    title: str
    description: Markup
    text: str
    is_public: bool
    parameters: Sequence[Parameter]
    body: Content | None
    answers: Sequence[Answer]
    problems: Sequence[tuple[str, Sort]]

    @property
    def name(self) -> str:
        """Return what it is called, in words."""
        return titled(self.id.replace("_", " "))

    @property
    def url(self) -> str:
        """Return where it is shown."""
        return f"/docs/api/{self.tag}#{self.id}"

    def placed(self) -> Iterator[tuple[str, Sequence[Parameter]]]:
        """Yield the parameters by where they are sent."""
        for place, title in PLACES.items():
            found = [each for each in self.parameters if each.place == place]
            if found:
                yield title, found


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A noun, and its operations."""

    name: str
    title: str
    description: Markup
    operations: Sequence[Operation]


class Reference:
    """All operations of a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._shapes = Shapes(document)
        self._problems = dict(self._refusals())
        calls = [*self._read(document["paths"]), *self._read(document.get("webhooks", {}), "")]
        self.operations: Sequence[Operation] = calls
        self.tags: Mapping[str, Tag] = {each["name"]: _tag(each, calls) for each in document["tags"]}

    def example(self, code: str) -> object:
        """Return what a problem looks like: as the document shows it, or by what every one says."""
        sort = PROBLEMS[code]
        plain = {"type": f"/problems/{code}", "title": sort.title, "status": sort.status, "code": code}
        return self._problems.get(code, {**plain, "detail": sort.explanation, "request_id": REQUEST})

    def _read(self, paths: Mapping[str, Any], own: str | None = None) -> Iterator[Operation]:
        for path, methods in paths.items():
            for method, each in methods.items():
                yield self._operation(path if own is None else own, method, each)

    def _operation(self, path: str, method: str, given: Mapping[str, Any]) -> Operation:
        description = given.get("description", "")
        more = "" if description.rstrip(".") == given["summary"] else description
        answers = [(int(status), each) for status, each in given["responses"].items() if status.isdecimal()]
        return Operation(
            id=given["operationId"],
            tag=given["tags"][0],
            method=method.upper(),
            path=path,
            title=given["summary"],
            description=markdown.inline(more),
            text=markdown.plain(more),
            is_public=not given.get("security"),
            parameters=[self._parameter(each) for each in given.get("parameters", ())],
            body=self._content(given.get("requestBody", {}), self._shapes.least),
            answers=[self._answer(status, each) for status, each in answers if status < REFUSED],
            problems=[(code, PROBLEMS[code]) for status, each in answers if status >= REFUSED for code in codes(each)],
        )

    def _parameter(self, given: Mapping[str, Any]) -> Parameter:
        found = self._referred(given)
        schema = {**found["schema"], "description": found.get("description") or found["schema"].get("description", "")}
        sample = found.get("example", self._shapes.sample(schema) if found.get("required") else "")
        field = self._shapes.field(found["name"], schema, required=found.get("required", False))
        return Parameter(field=field, place=found["in"], sample=str(sample))

    def _answer(self, status: int, given: Mapping[str, Any]) -> Answer:
        return Answer(
            status=status, phrase=HTTPStatus(status).phrase, content=self._content(given, self._shapes.sample)
        )

    def _content(self, given: Mapping[str, Any], made_up: Callable[[Schema], object]) -> Content | None:
        for media, each in given.get("content", {}).items():
            schema = each.get("schema", {})
            given_ones = self._examples(each)
            sample = given_ones[0] if given_ones else made_up(schema)
            written = json.dumps(sample, indent=2, ensure_ascii=False) if media.endswith("json") else str(sample)
            return Content(media=media, name=_named(schema), fields=self._shapes.fields(schema), sample=written)
        return None

    def _examples(self, content: Mapping[str, Any]) -> Sequence[object]:
        """Return the examples that the document gives."""
        several = [self._referred(each)["value"] for each in content.get("examples", {}).values()]
        return [content["example"]] if "example" in content else several

    def _refusals(self) -> Iterator[tuple[str, object]]:
        operations = [each for methods in self._document["paths"].values() for each in methods.values()]
        for response in (each for operation in operations for each in operation["responses"].values()):
            for content in response.get("content", {}).values():
                shown = {name: self._referred(each) for name, each in content.get("examples", {}).items()}
                yield from ((code, each["value"]) for code, each in shown.items() if code in PROBLEMS)

    def _referred(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in given:
            return given
        _, section, name = given["$ref"].rsplit("/", 2)
        found: Mapping[str, Any] = self._document["components"][section][name]
        return found


def codes(response: Mapping[str, Any]) -> Sequence[str]:
    """Return the codes of the problems that an answer may be."""
    given = [name for each in response.get("content", {}).values() for name in each.get("examples", {})]
    told = CODE.findall(response.get("description", ""))
    return [code for code in dict.fromkeys([*given, *told]) if code in PROBLEMS]


def titled(name: str) -> str:
    """Return the name of a tag, or of an operation, as a title."""
    words = API.sub("API", name.replace("-", " "))
    return words[:1].upper() + words[1:]


def _tag(given: Mapping[str, Any], operations: Sequence[Operation]) -> Tag:
    own = [each for each in operations if each.tag == given["name"]]
    description = markdown.inline(given.get("description", ""))
    return Tag(name=given["name"], title=titled(given["name"]), description=description, operations=own)


def _named(schema: Schema) -> str:
    return str(schema.get("$ref", "")).removeprefix(REFERENCE).removesuffix("View")
