"""How each operation is asked so that it can be done: a body, and a query, with the ids of what is there."""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.belongings import PASSWORD, WEEK, WORDS
from tests.builders import weekday
from tests.everything import Everything

HOOK = {"url": "https://hooks.example/till", "types": ["payment.*"]}
FEBRUARY = {"since": "2026-02-01T00:00:00+01:00", "until": "2026-03-01T00:00:00+01:00"}

BODIES: Mapping[str, Callable[[Everything], dict[str, Any]]] = {
    "POST /api/auth/register": lambda _: {
        "email": f"{secrets.token_hex(8)}@example.com",
        "password": PASSWORD,
        "name": "Ada",
    },
    "POST /api/auth/login": lambda world: {"email": world.email("owner"), "password": PASSWORD},
    "POST /api/auth/refresh": lambda world: {"refresh_token": world.refresh_token},
    "POST /api/auth/token": lambda world: {"api_key": world.key},
    "POST /api/auth/password/forgot": lambda world: {"email": world.email("owner")},
    "POST /api/auth/password/reset": lambda world: {"token": world.tickets["reset"], "password": PASSWORD},
    "POST /api/auth/account-link": lambda world: {"token": world.tickets["verify"], "purpose": "verify_email"},
    "POST /api/auth/email/verify": lambda world: {"token": world.tickets["verify"]},
    "POST /api/auth/invitations/accept": lambda world: {"token": world.tickets["accept"]},
    "POST /api/auth/invitations/register": lambda world: {
        "token": world.tickets["register"],
        "password": PASSWORD,
        "name": "Bo",
    },
    "POST /api/auth/booking-link": lambda world: {"token": world.tickets["manage"]},
    "POST /api/businesses/{slug}/invitations": lambda _: {
        "email": f"{secrets.token_hex(8)}@example.com",
        "role": "staff",
    },
    "POST /api/calendar-feeds": lambda _: {"name": "My bookings"},
    "POST /api/auth/password": lambda _: {"current_password": PASSWORD, "new_password": "a quite different horse"},
    "PATCH /api/auth/me": lambda _: {"name": "Ada Obi"},
    "POST /api/api-keys": lambda _: {"name": "Door"},
    "POST /api/api-keys/{key_id}/rotate": lambda _: {"grace_minutes": 5},
    "POST /api/businesses": lambda _: {"name": "Salon", "timezone": "Africa/Lagos", "currency": "NGN"},
    "PATCH /api/businesses/{slug}": lambda _: {"city": "Ibadan"},
    "POST /api/businesses/{slug}/members": lambda world: {"email": world.proven("customer"), "role": "staff"},
    "PATCH /api/businesses/{slug}/members/{user_id}": lambda _: {"role": "admin"},
    "PUT /api/bookings/{booking_id}/reminders": lambda _: {"is_reminded": False},
    "PUT /api/businesses/{slug}/schedule": lambda _: dict(WEEK),
    "PATCH /api/businesses/{slug}/message-settings": lambda _: {"locale": "ar-EG"},
    "PUT /api/businesses/{slug}/reminder-rules": lambda _: {"rules": [{"notice": "reminder", "minutes": 90}]},
    "PUT /api/businesses/{slug}/message-templates/{kind}/{language}": lambda _: dict(WORDS),
    "POST /api/businesses/{slug}/message-templates/preview": lambda _: {"kind": "confirmed", "locale": "en"},
    "POST /api/services": lambda world: world.one("business_id") | {"name": "Shave", "duration_minutes": 15},
    "PATCH /api/services/{service_id}": lambda _: {"duration_minutes": 45},
    "POST /api/resources": lambda world: world.one("business_id") | {"name": "Chair"},
    "PATCH /api/resources/{resource_id}": lambda _: {"name": "Chair by the window"},
    "PUT /api/resources/{resource_id}/schedule": lambda _: dict(WEEK),
    "POST /api/time-off": lambda world: world.one("resource_id") | _away(60),
    "PATCH /api/time-off/{time_off_id}": lambda _: {"reason": "Holidays"},
    "POST /api/bookings": lambda world: (
        world.one("business_id", "service_id") | {"starts_at": weekday(ahead=20).isoformat()}
    ),
    "PATCH /api/bookings/{booking_id}/status": lambda _: {"status": "cancelled"},
    **dict.fromkeys(
        ("POST /api/payments/stripe/create-payment-intent", "POST /api/payments/paystack/initialize"),
        lambda world: {"booking_id": world.payable},
    ),
    "POST /api/businesses/{slug}/provider-accounts": lambda _: {
        "provider": "paystack",
        "secret_key": "sk_test_ours",
        "public_key": "pk_test_ours",
    },
    "PATCH /api/businesses/{slug}/provider-accounts/{account_id}": lambda _: {
        "secret_key": "sk_test_other",
        "public_key": "pk_test_other",
        "webhook_secrets": ["whsec_other"],
    },
    "POST /api/payments/offline": lambda world: {"booking_id": world.payable, "method": "cash"},
    "POST /api/payments/{payment_id}/refunds": lambda _: {"amount": 100},
    "POST /api/payments/{payment_id}/refunds/{refund_id}/resolve": lambda _: {"outcome": "handed_back"},
    "POST /api/payments/{payment_id}/review": lambda _: {"decision": "accept"},
    "POST /api/payments/reconciliation": lambda world: world.one("business_id") | dict(FEBRUARY),
    "POST /api/webhook-endpoints": lambda world: world.one("business_id") | dict(HOOK),
    "PATCH /api/webhook-endpoints/{endpoint_id}": lambda _: {"types": ["booking.*"]},
    "POST /api/webhook-endpoints/{endpoint_id}/replay": lambda _: dict(FEBRUARY),
    "POST /api/bookings/{booking_id}/reschedule": lambda _: {"starts_at": weekday(ahead=24).isoformat()},
}

PATHS: Mapping[str, Callable[[Everything], dict[str, str]]] = {
    "POST /api/payments/{payment_id}/review": lambda world: {"payment_id": world.reviewed},
    "POST /api/payments/{payment_id}/refunds/{refund_id}/resolve": lambda world: {
        "payment_id": world.refunding,
        "refund_id": world.ids["refund_id"][0],
    },
}
"""Where the first of what there is of a kind will not do."""

ONCE = {"POST /api/bookings", "POST /api/payments/reconciliation"}
SPOILING = {
    "PATCH /api/bookings/{booking_id}/status",
    "PATCH /api/businesses/{slug}/members/{user_id}",
    "POST /api/payments/offline",
}
QUERIES: Mapping[str, Callable[[Everything], dict[str, Any]]] = {
    "GET /api/availability": lambda world: {**world.one("service_id"), "date": weekday().date().isoformat()},
    "GET /api/availability/explain": lambda world: {**world.one("service_id"), "at": weekday().isoformat()},
    **dict.fromkeys(
        (
            "GET /api/services",
            "GET /api/resources",
            "GET /api/time-off",
            "GET /api/bookings",
            "GET /api/payments",
            "GET /api/notifications",
            "GET /api/events",
            "GET /api/audit-entries",
            "GET /api/webhook-endpoints",
            "GET /api/webhook-deliveries",
            "GET /api/payments/disputes",
            "GET /api/payments/ledger",
        ),
        lambda world: world.one("business_id"),
    ),
    "GET /api/payments/reconciliation": lambda world: dict(world.compared),
}


def spoils(name: str) -> bool:
    """Tell whether an operation, once it was done, is not to be asked for again in the same world.

    Nor is whatever shows to one caller what another test has made as them.
    """
    acts = name.startswith("POST") and ("{" in name or "/auth/" in name or name in ONCE)
    return acts or name.startswith("DELETE") or name in SPOILING


def _away(ahead: int) -> dict[str, str]:
    """Return an hour of time off, some days ahead."""
    begin = weekday(ahead=ahead)
    return {"starts_at": begin.isoformat(), "ends_at": (begin + timedelta(hours=1)).isoformat()}
