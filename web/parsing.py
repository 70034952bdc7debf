"""Parsing: a view's `path`, `query` and `body` arguments, read strictly from the request before it is called."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, wraps
from typing import Any, ClassVar, NoReturn, get_args, get_origin, get_type_hints

from flask import Request, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import RequestEntityTooLarge

from web import strict_json
from web.problems import PROBLEMS, Fault, Refusal
from web.suggestions import Place, meant, siblings

BODY_BYTES = 64 * 1024

CODES: Mapping[str, str] = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "out_of_range": "out_of_range",
}
SUGGESTED = 20
"""Faults that something is suggested for: a body can have thousands of unknown fields, an address as many parameters."""
NUL = "\0"  # no text in PostgreSQL holds one, and bodies are refused for it too
# What pydantic calls by Python's names, and what that is in JSON.
IN_JSON = (
    (re.compile(r"a valid dictionary( or (object to extract fields from|instance of \w+))?"), "an object"),
    (re.compile(r"a valid (list|tuple|set|frozenset)\b"), "an array"),
    (re.compile(r"^(List|Tuple|Set|Frozenset)\b"), "The array"),
    (re.compile(r"\bNone\b"), "null"),
)
# Where pydantic's words say less than ours.
DETAILS: Mapping[str, str] = {
    "required": "This field is required.",
    "unknown_field": "There is no field of that name.",
    "price_not_accepted": PROBLEMS["price_not_accepted"].explanation,
}


class JsonRequest(Request):
    """A request whose JSON is strict, and whose body is bounded."""

    max_content_length = BODY_BYTES + 1

    def whole_body(self, limit: int = BODY_BYTES) -> bytes:
        """Return the raw body, of at most *limit* bytes; call it first where more than 64 kB is taken.

        One byte more is read than is taken, because werkzeug cuts a chunked body at its maximum without a word.
        """
        self.max_content_length = limit + 1
        raw = self.get_data()
        if len(raw) > limit:
            raise Refusal("body_too_large")
        return raw

    def read_to_the_end(self) -> bool:
        """Read what is left of the body, which whoever keeps the connection would not expect; False: it is too large."""
        try:
            return len(self.get_data()) < (self.max_content_length or 0)
        except RequestEntityTooLarge:
            return False

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002 - Flask's signature
        """Return the body's object, however the caller asks: there is no lenient reading."""
        charset = self.mimetype_params.get("charset", "utf-8").lower()
        if self.mimetype != "application/json" or charset != "utf-8":
            raise Refusal("unsupported_media_type")
        try:
            return strict_json.loads(self.whole_body())
        except strict_json.Malformed as error:
            raise Refusal("malformed_json", str(error)) from None


class Schema(BaseModel):
    """A body, or an object within one. Strict: text is no number; an enum's field needs `Field(strict=False)`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    not_accepted: ClassVar[Mapping[str, str]] = {}  # field → code, where "unknown" would not say enough


def unsent() -> Any:  # noqa: ANN401 - it stands for a value of any type
    """Declare that a field of changes may be left out, but not be null."""
    return Field(default_factory=lambda: None)


class Changes(Schema):
    """A body of RFC 7396: what is sent is changed, null takes back what may be missing, the rest stays."""

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Query(BaseModel):
    """Query parameters. A field that may be repeated is a tuple; the others take one value."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Path(BaseModel):
    """What the path captures."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parsed(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Return *view* as Flask calls it: its annotated arguments read and validated, unknown query parameters refused."""
    hints = get_type_hints(view)
    path, body = hints.get("path"), hints.get("body")
    query = hints.get("query")

    @wraps(view)
    def reading(**captured: str) -> ResponseReturnValue:
        arguments: dict[str, BaseModel] = {}
        if path:
            arguments["path"] = _path(path, captured)
        parameters = _query(query or Query)
        if query:
            arguments["query"] = parameters
        if body:
            arguments["body"] = _body(body)
        return view(**arguments)

    # flask-openapi then leaves validation to us: its own takes the first of a repeated parameter in silence
    # and builds the JSON schema of a query model anew on every request.
    reading.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return reading


def _path(model: type[BaseModel], captured: Mapping[str, str]) -> BaseModel:
    if any(NUL in given for given in captured.values()):
        raise Refusal("not_found")
    try:
        return model.model_validate(captured)
    except ValidationError:
        raise Refusal("not_found") from None


def _query(model: type[BaseModel]) -> BaseModel:
    unknown = sorted(request.args.keys() - _many(model).keys())
    if unknown:
        raise _about(unknown, "unknown_parameter", "There is no query parameter {name}.", known=_many(model))
    values = request.args.to_dict(flat=False)
    repeated = sorted(name for name, given in values.items() if len(given) > 1 and not _many(model)[name])
    if repeated:
        raise _about(repeated, "repeated_parameter", "The query parameter {name} takes one value.")
    unsound = sorted(name for name, given in values.items() if any(NUL in each for each in given))
    if unsound:
        raise _about(unsound, "invalid", "The query parameter {name} has a NUL character.")
    try:
        return model.model_validate(
            {name: tuple(given) if _many(model)[name] else given[0] for name, given in values.items()}
        )
    except ValidationError as error:
        _refuse(error, lambda place: f"?{place[0]}" if place else "", model)


def _body(model: type[BaseModel]) -> BaseModel:
    document = request.get_json()
    try:
        return model.model_validate(document)
    except ValidationError as error:
        _refuse(error, _pointer, model)


@cache
def _many(model: type[BaseModel]) -> Mapping[str, bool]:
    """Return the parameters, and whether each may be repeated: those whose type is, or may be, a tuple."""
    return {
        field.alias or name: tuple in {get_origin(field.annotation), *map(get_origin, get_args(field.annotation))}
        for name, field in model.model_fields.items()
    }


def _about(names: list[str], code: str, sentence: str, *, known: Iterable[str] = ()) -> Refusal:
    faults = [Fault(f"?{name}", code, sentence.format(name=name)) for name in names]
    faults[:SUGGESTED] = [
        replace(fault, detail=fault.detail + meant(name, known))
        for fault, name in zip(faults, names[:SUGGESTED], strict=False)
    ]
    return Refusal(code, faults[0].detail, errors=faults)


def _refuse(error: ValidationError, pointer: Callable[[Place], str], model: type[BaseModel]) -> NoReturn:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [_fault(pointer(each["loc"]), each, model) for each in found]
    faults[:SUGGESTED] = [
        _suggesting(fault, model, each["loc"]) for fault, each in zip(faults, found[:SUGGESTED], strict=False)
    ]
    # The answer's own code is the first that says more than "invalid".
    telling = next((fault for fault in faults if fault.code in PROBLEMS and fault.code != "invalid"), None)
    first = telling or faults[0]
    code = telling.code if telling else "invalid"
    raise Refusal(code, f"{first.pointer}: {first.detail}".removeprefix(": "), errors=faults) from None


def _fault(pointer: str, found: ErrorDetails, model: type[BaseModel]) -> Fault:
    place, detail = found["loc"], found["msg"].removeprefix("Value error, ")
    code = _code(found["type"], place, getattr(model, "not_accepted", {}))
    for words, ours in IN_JSON:
        detail = words.sub(ours, detail)
    detail = detail.removesuffix(".") + "."
    if pointer and code in DETAILS:
        detail = DETAILS[code]
    return Fault(pointer, code, detail)


def _suggesting(fault: Fault, model: type[BaseModel], place: Place) -> Fault:
    if fault.code != "unknown_field":
        return fault
    return replace(fault, detail=fault.detail + meant(str(place[-1]), siblings(model, place)))


def _code(kind: str, place: Place, not_accepted: Mapping[str, str]) -> str:
    if kind == "extra_forbidden" and place[-1] in not_accepted:
        return not_accepted[str(place[-1])]
    return CODES.get(kind) or (kind if kind in PROBLEMS or kind in CODES.values() else "invalid")


def _pointer(place: Place) -> str:
    """Return RFC 6901's pointer to *place*."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)
