"""Marks: the names, times and sums by which the parts of the story refer to each other."""

from collections.abc import Mapping
from typing import Any

Told = Mapping[str, Any]
"""What some fields say."""

BO = "usr_01k5e2v8x3q7m9n4p6r0s2t4w7"
BISI = "usr_01k5e2v8x3q7m9n4p6r0s2t4w8"
CHAIR = "res_01k5e2v8x3q7m9n4p6r0s2t4w6"
HAIRCUT = "svc_01k5e2v8x3q7m9n4p6r0s2t4w6"
REQUEST = "req_01k5e2v8x3q7m9n4p6r0s2t4w6"

OPENED = "2026-03-02T08:00:00Z"
BOOKED = "2026-03-10T17:30:00Z"
PAID = "2026-03-10T17:32:10Z"
MOVED = "2026-03-11T09:00:01Z"
CHANGED = "2026-03-02T08:20:00Z"
CANCELLED = "2026-03-16T16:10:00Z"
CLOSED = "2026-06-01T08:00:00Z"
START, END = "2026-03-16T14:00:00+01:00", "2026-03-16T14:30:00+01:00"
LATER, LATER_END = "2026-03-17T15:30:00+01:00", "2026-03-17T16:00:00+01:00"

PRICE: Told = {"amount": 450_000, "currency": "NGN"}
HALF: Told = {"amount": 225_000, "currency": "NGN"}
NOTHING: Told = {"amount": 0, "currency": "NGN"}
POLICY: Told = {"free_until_hours": 24, "fee_percent": 50}
SEAT: Told = {"role": "resource", "resource_id": CHAIR}
SLOT_TAKEN: Told = {
    "code": "slot_taken",
    "reasons": ["busy"],
    "detail": "14:00 on 16 March 2026 is no longer free.",
    "alternatives": [
        {"starts_at": "2026-03-16T14:30:00+01:00", "resource_id": CHAIR, "resource_ids": [CHAIR]},
    ],
}

FIELDS: Told = {
    "created_at": OPENED,
    "updated_at": OPENED,
    "starts_at": START,
    "ends_at": END,
    "timezone": "Africa/Lagos",
    "currency": "NGN",
    "version": 1,
    "request_id": REQUEST,
    "stranded_bookings": 0,
    "is_live": True,
}
"""What a field says wherever its shape says nothing else."""
