"""Parameters: what each may be, and the words in which Stripe refuses the rest."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.local.standins.rows import Json
from config.local.standins.stripe.refusals import Malformed

MAX_TEXT = 5000
KEYS, KEY_LENGTH, VALUE_LENGTH = 50, 40, 500
WHOLE = re.compile(r"[+-]?\d{1,18}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
RANGE = ("gt", "gte", "lt", "lte")

Reader = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Schema:
    """The parameters of one endpoint; *foreign* ones are Stripe's as well, but the stand-in cannot do what they ask."""

    known: Mapping[str, Reader]
    required: tuple[str, ...] = ()
    foreign: frozenset[str] = field(default_factory=frozenset)

    def read(self, tree: Json, inside: str = "") -> Json:
        """Return *tree* with typed leaves. Raises Malformed."""
        self._refuse_unknown(tree, inside)
        for name in self.required:
            if name not in tree:
                param = _inner(inside, name)
                raise Malformed(400, f"Missing required param: {param}.", code="parameter_missing", param=param)
        return {name: self.known[name](value, _inner(inside, name)) for name, value in tree.items()}

    def _refuse_unknown(self, tree: Json, inside: str) -> None:
        unknown = [_inner(inside, name) for name in tree if name not in self.known]
        if not unknown:
            return
        if unknown[0] in self.foreign:
            words = f"The stand-in for Stripe cannot do what `{unknown[0]}` asks for; the real one could."
            raise Malformed(400, words, code="standin_unsupported", param=unknown[0])
        plural = "s" if len(unknown) > 1 else ""
        words = f"Received unknown parameter{plural}: {', '.join(unknown)}"
        raise Malformed(400, words, code="parameter_unknown", param=unknown[0])


def text(most: int = MAX_TEXT) -> Reader:
    """Take text of at most *most* characters."""

    def read(value: Any, param: str) -> str:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, str):
            raise Malformed(400, f"Invalid string: {value}", code="parameter_invalid_string", param=param)
        if not value:
            raise _empty(param)
        if len(value) > most:
            words = f"Invalid string: {value[:10]}…; must be at most {most} characters"
            raise Malformed(400, words, param=param)
        return value

    return read


def integer(value: Any, param: str) -> int:  # noqa: ANN401 - whatever was sent
    """Take a whole number."""
    if value == "":
        raise _empty(param)
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise Malformed(400, f"Invalid integer: {value}", code="parameter_invalid_integer", param=param)
    return int(value)


def at_least_one(value: Any, param: str) -> int:  # noqa: ANN401 - whatever was sent
    """Take a whole number above zero."""
    number = integer(value, param)
    if number < 1:
        words = "This value must be greater than or equal to 1."
        raise Malformed(400, words, code="parameter_invalid_integer", param=param)
    return number


def limit(value: Any, param: str) -> int:  # noqa: ANN401 - whatever was sent
    """Take the size of a page."""
    number = integer(value, param)
    if not 1 <= number <= 100:  # noqa: PLR2004 - Stripe's
        words = "This value must be less than or equal to 100 (limit) and greater than or equal to 1."
        raise Malformed(400, words, code="parameter_invalid_integer", param=param)
    return number


def boolean(value: Any, param: str) -> bool:  # noqa: ANN401 - whatever was sent
    """Take `true` or `false`."""
    if value not in ("true", "false"):
        raise Malformed(400, f"Invalid boolean: {value}", param=param)
    return bool(value == "true")


def choice(*among: str) -> Reader:
    """Take one of the words."""
    listed = f"{', '.join(among[:-1])}, or {among[-1]}" if len(among) > 1 else among[0]

    def read(value: Any, param: str) -> str:  # noqa: ANN401 - whatever was sent
        if value not in among:
            raise Malformed(400, f"Invalid {param}: must be one of {listed}", param=param)
        return str(value)

    return read


def email(value: Any, param: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take an e-mail address."""
    if not isinstance(value, str) or not EMAIL.fullmatch(value):
        raise Malformed(400, f"Invalid email address: {value}", code="email_invalid", param=param)
    return value


def url(value: Any, param: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take an address of the web."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        raise Malformed(400, "Not a valid URL", code="url_invalid", param=param)
    return value


def metadata(value: Any, param: str) -> dict[str, str]:  # noqa: ANN401 - whatever was sent
    """Take up to 50 pairs of text; an empty value leaves its key out, and an empty text all of them."""
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise Malformed(400, "Invalid hash", code="parameter_invalid_object", param=param)
    if len(value) > KEYS:
        raise Malformed(400, f"You can have at most {KEYS} metadata keys.", param=param)
    for key, words in value.items():
        _refuse_long(key, words, f"{param}[{key}]")
    return {key: words for key, words in value.items() if words}


def nested(schema: Schema) -> Reader:
    """Take an object of its own."""

    def read(value: Any, param: str) -> Json:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, dict):
            raise Malformed(400, "Invalid object", code="parameter_invalid_object", param=param)
        return schema.read(value, param)

    return read


def texts(among: Collection[str] = ()) -> Reader:
    """Take a list of text, each one of *among* when that is said."""

    def read(value: Any, param: str) -> list[str]:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise Malformed(400, "Invalid array", code="parameter_invalid_array", param=param)
        for each in value.values():
            if not isinstance(each, str) or (among and each not in among):
                raise Malformed(400, f"Invalid {param}: {each}", param=param)
        return list(value.values())

    return read


def moment(value: Any, param: str) -> dict[str, int]:  # noqa: ANN401 - whatever was sent
    """Take a time in seconds, or an interval by `gt`, `gte`, `lt` and `lte`."""
    if isinstance(value, dict):
        return Schema(dict.fromkeys(RANGE, integer)).read(value, param)
    exact = integer(value, param)
    return {"gte": exact, "lte": exact}


def _inner(inside: str, name: str) -> str:
    return f"{inside}[{name}]" if inside else name


def _refuse_long(key: str, words: object, param: str) -> None:
    if not isinstance(words, str):
        raise Malformed(400, "Invalid string", code="parameter_invalid_string", param=param)
    if len(key) > KEY_LENGTH:
        raise Malformed(400, f"Metadata keys can have up to {KEY_LENGTH} characters.", param=param)
    if len(words) > VALUE_LENGTH:
        raise Malformed(400, f"Metadata values can have up to {VALUE_LENGTH} characters.", param=param)


def _empty(param: str) -> Malformed:
    words = (
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty value."
    )
    return Malformed(400, words, code="parameter_invalid_empty", param=param)
