"""Reading what a provider answered: what it has always said may be missing one day, and that is Unknown and no crash."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.kernel.ids import Kind, parsed, shown
from domain.payments.gateway import Unknown

Json = Mapping[str, Any]

DIGITS = 18


def text(row: Json, name: str) -> str:
    """Return text that must be there; an id that is a number is its digits."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise unreadable(name)
    return str(value)


def words(row: Json, name: str) -> str | None:
    """Return text that may be there."""
    value = row.get(name)
    return value if isinstance(value, str) and value else None


def whole(row: Json, name: str) -> int:
    """Return a whole number that must be there, as a number or in digits."""
    value = row.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= DIGITS:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise unreadable(name)
    return value


def whole_if_any(row: Json, name: str) -> int | None:
    """Return a whole number, or None where nothing is said."""
    return None if row.get(name) in (None, "") else whole(row, name)


def inner(row: Json, name: str) -> Json:
    """Return an object that may be there; an empty one where there is none, or its id alone."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def rows(answer: Json, name: str = "data") -> Sequence[Json]:
    """Return a list of objects that must be there."""
    value = answer.get(name)
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise unreadable(name)
    return value


def row(answer: Json, name: str = "data") -> Json:
    """Return an object that must be there."""
    value = answer.get(name)
    if not isinstance(value, Mapping):
        raise unreadable(name)
    return value


def ours(kind: Kind, value: object) -> UUID | None:
    """Return what of ours *value* names, if it is the id of something of that *kind*."""
    return parsed(kind, value) if isinstance(value, str) else None


def names(payment_id: UUID, booking_id: UUID) -> dict[str, str]:
    """Return what a payment carries at its provider, for people who look at it there."""
    return {"payment_id": shown(Kind.PAYMENT, payment_id), "booking_id": shown(Kind.BOOKING, booking_id)}


def moment(row: Json, name: str) -> datetime:
    """Return a time in ISO 8601 that must be there."""
    found = moment_if_any(row, name)
    if found is None:
        raise unreadable(name)
    return found


def moment_if_any(row: Json, name: str) -> datetime | None:
    """Return a time in ISO 8601; one without an offset is of UTC. What is none counts as not there."""
    try:
        found = datetime.fromisoformat(words(row, name) or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def unreadable(name: str) -> Unknown:
    """Return the error for an answer in which *name* is missing, or is nothing that can be read."""
    return Unknown("unreadable_answer", name)
