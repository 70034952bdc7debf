"""Strict JSON: one reading of a body, or none. What two parsers could read differently is refused."""

import json
from math import isfinite
from typing import Any

DEPTH = 20
LARGEST = 2**63


class Malformed(ValueError):
    """The text is not JSON as we take it; the message says why."""


def loads(raw: bytes) -> dict[str, Any]:
    """Read one JSON object. Raises Malformed for everything else, however deep, long or clever it is."""
    if not raw.strip():
        raise Malformed("There is no body: send a JSON object, {} if there is nothing to say.")
    try:
        found = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    except RecursionError:
        raise Malformed(f"The body is more than {DEPTH} levels deep.") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"{error.msg} at line {error.lineno}, column {error.colno}.") from None
    if not isinstance(found, dict):
        raise Malformed("The body is not a JSON object.")
    _check(found, DEPTH)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("An object has the same key twice.")
    return found


def _constant(name: str) -> float:
    raise Malformed(f"{name} is not JSON.")


def _integer(text: str) -> int:
    # Never let int() see thousands of digits: it is quadratic, and refuses beyond 4300 with an error of its own.
    if len(text) > len(str(-LARGEST)) or not -LARGEST <= int(text) < LARGEST:
        raise Malformed("An integer is larger than 64 bits.")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise Malformed("A number is too large.")
    return value


def _check(value: object, levels: int) -> None:
    """Refuse text that PostgreSQL or UTF-8 cannot hold, and more levels than *levels*."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict | list):
        if not levels:
            raise Malformed(f"The body is more than {DEPTH} levels deep.")
        if isinstance(value, dict):
            for key in value:
                _check_text(key)
        for item in value.values() if isinstance(value, dict) else value:
            _check(item, levels - 1)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Malformed("A string has a NUL character.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Malformed("A string has half of a surrogate pair.")
