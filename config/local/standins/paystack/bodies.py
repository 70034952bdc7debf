"""Bodies and queries: what Paystack's parameters may be."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Request

from config.local.standins.paystack.refusals import Refused, unsupported
from config.local.standins.rows import Json

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
REFERENCE = re.compile(r"[A-Za-z0-9.=-]+")
DIGITS = re.compile(r"\d{1,18}")

Reader = Callable[[Any, str], Any]


def body_of(request: Request) -> Json:
    """Return a JSON or form body. Raises Refused."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.to_dict()
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Refused(400, "Invalid JSON in request body", "invalid_body", "Send a JSON object")
    return found


def read(given: Mapping[str, Any], known: Mapping[str, Reader], foreign: Collection[str] = ()) -> Json:
    """Return the parameters, typed. Raises Refused for unknown ones, which the real Paystack passes over in silence."""
    for name in given:
        if name in foreign:
            raise unsupported(name)
        if name not in known:
            raise Refused(400, f'"{name}" is not allowed', "unknown_param", "Remove what is not documented")
    return {name: known[name](value, name) for name, value in given.items()}


def required(params: Json, name: str, message: str) -> None:
    """Refuse when *name* is missing. Raises Refused."""
    if name not in params:
        raise Refused(400, message, "missing_params")


def amount(value: Any, _name: str) -> int:  # noqa: ANN401 - whatever was sent
    """Take a whole number of subunits, as a number or as digits."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | str)
        or not DIGITS.fullmatch(str(value))
        or not int(value)
    ):
        raise Refused(400, "Invalid Amount Sent", "invalid_params", "Amount must be a positive integer in subunits")
    return int(value)


def email(value: Any, _name: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take an e-mail address."""
    if not isinstance(value, str) or not EMAIL.fullmatch(value):
        raise Refused(400, "Invalid Email Address Passed", "invalid_email_address", "Pass a valid email address")
    return value


def reference(value: Any, _name: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take letters, digits, `-`, `.` and `=`: no underscore."""
    if not isinstance(value, str) or not REFERENCE.fullmatch(value):
        step = "Only -, ., = and alphanumeric characters allowed"
        raise Refused(400, "Invalid character in transaction reference", "invalid_reference", step)
    return value


def text(value: Any, name: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take text."""
    if not isinstance(value, str):
        raise Refused(400, f'"{name}" must be a string', "invalid_params")
    return value


def url(value: Any, name: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take an address of the web."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        raise Refused(400, f'"{name}" must be a valid uri', "invalid_params")
    return value


def whole(value: Any, name: str) -> int:  # noqa: ANN401 - whatever was sent
    """Take digits."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not DIGITS.fullmatch(str(value)):
        raise Refused(400, f'"{name}" must be a number', "invalid_params")
    return int(value)


def key(value: Any, name: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take an id or a reference, as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value):
        raise Refused(400, f'"{name}" must be a string', "invalid_params")
    return str(value)


def anything(value: Any, _name: str) -> Any:  # noqa: ANN401 - metadata may be whatever JSON can say
    """Take it as it is."""
    return value


def texts(value: Any, name: str) -> list[str]:  # noqa: ANN401 - whatever was sent
    """Take a list of text."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Refused(400, f'"{name}" must be an array', "invalid_params")
    return value


def moment(value: Any, name: str) -> str:  # noqa: ANN401 - whatever was sent
    """Take a date or a time in ISO 8601, and return it as Paystack writes its own, which sort as text."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise Refused(400, f"Invalid '{name}' date", "invalid_params", "Pass it in ISO 8601 format") from None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
