"""An example of every type of event, for the document and for the pages; a test holds them beside what is recorded."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.kernel import outside
from domain.kernel.feed import Told
from domain.kernel.plot import PLOT
from domain.webhooks.rules.kinds import TEST

AT = datetime(2026, 3, 15, 13, 0, 0, 75_291, tzinfo=UTC)
SOMETHING = UUID("01995c2d-a3a3-b9e8-9a92-c6c0322d1386")
SOMEBODY = "01995c2d-a3a3-b9e8-9a92-c6c0322d1387"

Payload = Mapping[str, Any]

MOVE: Payload = {"from_status": "confirmed", "reason": None, "note": None}
MONEY: Payload = {"booking_id": str(SOMETHING), "amount": 450_000, "currency": "NGN"}
ACCOUNT: Payload = {"provider": "paystack", "is_live": True}
ENDPOINT: Payload = {"host": "till.example.com"}
LATER, CHAIR = "2026-03-16T13:00:00Z", {"resource_id": SOMEBODY, "role": None}

SAID: Mapping[str, Payload] = {
    "booking.confirmed": {**MOVE, "from_status": "pending"},
    "booking.awaiting_approval": {**MOVE, "from_status": "pending"},
    "booking.awaiting_payment": {**MOVE, "from_status": "pending"},
    "booking.rejected": {**MOVE, "from_status": "pending", "reason": "slot_taken"},
    "booking.cancelled": {**MOVE, "note": "Ill, sorry"},
    "booking.declined": {**MOVE, "from_status": "awaiting_approval"},
    "booking.completed": {**MOVE, "reason": "ended"},
    "booking.no_show": MOVE,
    "booking.expired": {**MOVE, "from_status": "awaiting_payment", "reason": "hold_expired"},
    "booking.reschedule_requested": {"starts_at": LATER},
    "booking.rescheduled": {
        "starts_at": ["2026-03-15T13:00:00Z", LATER],
        "resource_id": [SOMEBODY, SOMEBODY],
        "resources": [[CHAIR], [CHAIR]],
    },
    "booking.reschedule_refused": {"starts_at": LATER, "reason": "slot_taken", "reasons": ["busy"]},
    "booking.payment_changed": {"payment_status": "paid", "paid": 450_000, "refunded": 0},
    "payment.requested": {**MONEY, "provider": "paystack"},
    "payment.failed": MONEY,
    "payment.succeeded": {**MONEY, "mismatch": None},
    "payment.review": {**MONEY, "mismatch": "amount"},
    "payment.recorded": {**MONEY, "method": "cash"},
    **{kind: {**MONEY, "reason": "cancelled"} for kind in PLOT if kind.startswith("refund.")},
    **{kind: {**MONEY, "state": "open"} for kind in PLOT if kind.startswith("dispute.")},
    **dict.fromkeys(("payment.cancel_requested", "payment.opened", "payment.processing", "payment.canceled"), MONEY),
    **{kind: ACCOUNT for kind in PLOT if kind.startswith("provider_account.")},
    "invitation.created": {"role": "staff"},
    "invitation.accepted": {"role": "staff", "user_id": SOMEBODY},
    "member.added": {"role": "staff"},
    "member.changed": {"role": "admin", "from_role": "staff"},
    "member.removed": {"from_role": "staff"},
    **{kind: {"kind": "confirmed", "language": "ar"} for kind in PLOT if kind.startswith("message_template.")},
    **{kind: ENDPOINT for kind in PLOT if kind.startswith("webhook_endpoint.")},
    "webhook_endpoint.disabled": {**ENDPOINT, "reason": "gone"},
    TEST: ENDPOINT,
}
"""What events say beyond their type; those that are not here say nothing."""


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each type of event, with one as the feed and webhooks show it."""
    for kind in [*PLOT, TEST]:
        told = Told(
            public_id=SOMETHING,
            business_id=SOMETHING,
            kind=kind,
            subject_id=SOMETHING,
            subject_version=2,
            payload=dict(SAID.get(kind, {})),
            request_id="req_01k5e2v8x3q7m9n4p6r0s2t4w6",
            created_at=AT,
        )
        yield kind, outside.event(told)
