"""Events as they are outside: in the feed and in webhooks, with the ids that callers know."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.kernel.feed import Told
from domain.kernel.ids import Kind, shown

SUBJECTS: Mapping[str, Kind] = {
    "booking": Kind.BOOKING,
    "business": Kind.BUSINESS,
    "member": Kind.USER,
    "user": Kind.ACCOUNT_TOKEN,  # what was asked for; of no business, so no feed tells it
    "invitation": Kind.INVITATION,
    "service": Kind.SERVICE,
    "resource": Kind.RESOURCE,
    "payment": Kind.PAYMENT,
    "refund": Kind.REFUND,
    "dispute": Kind.DISPUTE,
    "provider_account": Kind.PROVIDER_ACCOUNT,
    "schedule": Kind.SCHEDULE,
    "time_off": Kind.TIME_OFF,
    "webhook_endpoint": Kind.WEBHOOK_ENDPOINT,
    "message_settings": Kind.BUSINESS,
    "message_template": Kind.BUSINESS,
    "reminder_rules": Kind.BUSINESS,
}
"""What an event is about, by the first half of its type."""

POINTERS: Mapping[str, Kind] = {f"{kind.name.lower()}_id": kind for kind in Kind} | {
    "actor_id": Kind.USER,
    "customer_id": Kind.USER,
}
"""What is named by a field of an event's data."""


def event(told: Told) -> dict[str, Any]:
    """Return an event as JSON has it."""
    noun, _, _ = told.kind.partition(".")
    return {
        "id": shown(Kind.EVENT, told.public_id),
        "object": "event",
        "type": told.kind,
        "business_id": shown(Kind.BUSINESS, told.business_id),
        "subject": {"id": shown(SUBJECTS[noun], told.subject_id), "version": told.subject_version},
        "data": {name: outside(name, value) for name, value in told.payload.items()},
        "request_id": told.request_id,
        "created_at": rfc3339(told.created_at),
    }


def outside(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a field of an event's data with its ids as they are outside, in a list [before, after] too."""
    if isinstance(value, list):
        return [outside(name, each) for each in value]
    if isinstance(value, dict):
        return {key: outside(key, each) for key, each in value.items()}
    if name not in POINTERS or not isinstance(value, str):
        return value
    try:
        return shown(POINTERS[name], UUID(value))
    except ValueError:  # it is written as it is outside already
        return value


def rfc3339(at: datetime) -> str:
    """Return an instant as JSON has it; one in UTC with a `Z`."""
    return at.isoformat().replace("+00:00", "Z")


def in_utc(at: datetime) -> str:
    """Return an instant as events have it, whatever offset it is told in."""
    return rfc3339(at.astimezone(UTC))
