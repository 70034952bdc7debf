"""Further reading: which guide tells about each noun of the API at length."""

from collections.abc import Mapping
from typing import Any

from config.links import base

GUIDES: Mapping[str, str] = {
    "auth": "reference/accounts#sessions",
    "api-keys": "reference/accounts#api-keys",
    "members": "reference/accounts#members",
    "invitations": "reference/accounts#invitations",
    "businesses": "reference/catalog#businesses",
    "services": "reference/catalog#services",
    "resources": "reference/catalog#resources",
    "schedules": "reference/catalog#schedules",
    "resource-schedules": "reference/catalog#schedules",
    "time-off": "reference/catalog#time-off",
    "availability": "reference/availability",
    "bookings": "reference/booking-states",
    "calendar-feeds": "reference/calendars#feeds",
    "payments": "reference/payments",
    "provider-accounts": "reference/payments#accounts-of-a-business",
    "messages": "reference/notifications",
    "notifications": "reference/notifications#the-log",
    "events": "reference/events",
    "webhook-endpoints": "how-to/receive-webhooks",
    "webhook-deliveries": "reference/webhooks",
    "audit-entries": "reference/audit",
    "system": "how-to/look-after-money",
}


def further_reading(noun: str) -> Mapping[str, Any]:
    """Return what the document has of this installation's own guide to a noun; nothing where there is none."""
    guide = GUIDES.get(noun)
    return {"externalDocs": {"description": "The guide", "url": f"{base()}/docs/{guide}"}} if guide else {}
