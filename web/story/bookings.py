"""Bo's booking: asked for, decided, paid, and moved to another day."""

from collections.abc import Mapping

from web.story.marks import (
    BO,
    BOOKED,
    CANCELLED,
    CHAIR,
    END,
    HALF,
    LATER,
    LATER_END,
    MOVED,
    NOTHING,
    PAID,
    POLICY,
    PRICE,
    SEAT,
    Told,
)
from web.story.people import SIGNED_IN

BOOKING: Told = {
    "resource_id": CHAIR,
    "resources": [SEAT],
    "customer_id": BO,
    "customer": {"name": "Bo Eze", "email": "bo@example.com", "phone": "+2348012345678"},
    "booked_by": BO,
    "metadata": {},
    "override": [],
    "status": "confirmed",
    "payment_status": "paid",
    "party": 1,
    "price": PRICE,
    "cancellation_policy": POLICY,
    "paid": PRICE,
    "refunded": NOTHING,
    "sequence": 0,
    "version": 3,
    "created_at": BOOKED,
    "updated_at": PAID,
}
MOVE: Told = {
    "id": "rsc_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "object": "reschedule",
    "status": "pending",
    "starts_at": LATER,
    "ends_at": LATER_END,
    "resource_id": None,
    "resource_ids": [],
    "rejection": None,
    "created_at": "2026-03-11T09:00:00Z",
    "decided_at": None,
}
MOVED_ON: Told = {"starts_at": LATER, "ends_at": LATER_END, "sequence": 1}

BOOKINGS: Mapping[str, Told] = {
    "BookingView": BOOKING,
    "BookingAccessView": {
        **SIGNED_IN,
        "expires_in": 3600,
        "service_name": "Haircut",
        "business_name": "Ada's Salon",
        "locale": "en",
        "pays_by": ["paystack"],
    },
    "MoveView": {
        "version": 3,
        "from_status": "awaiting_payment",
        "status": "confirmed",
        "reason": "paid",
        "changes": {},
        "at": PAID,
    },
    "QuoteView": {
        "fee": HALF,
        "refund": HALF,
        "quote": "WyJia2dfMDFrNWUydjgiLDIyNTAwMF0.c2lnbmF0dXJl",
        "valid_until": "2026-03-16T16:14:00Z",
    },
    "ManageLinkView": {"url": "https://book.example.com/manage#q7Yh2mX9vK4nB8sD", "expires_at": END},
}
BOOKINGS_THEN: Mapping[str, Told] = {
    "create_booking 201": {
        "status": "awaiting_payment",
        "payment_status": "unpaid",
        "paid": NOTHING,
        "hold_expires_at": "2026-03-10T17:45:00Z",
        "version": 2,
        "updated_at": "2026-03-10T17:30:01Z",
    },
    "create_booking 202": {
        "resource_id": None,
        "resources": [],
        "status": "pending",
        "payment_status": "unpaid",
        "paid": NOTHING,
        "version": 1,
        "updated_at": BOOKED,
    },
    "change_booking_status 200": {
        **MOVED_ON,
        "status": "cancelled",
        "cancellation_fee": HALF,
        "version": 6,
        "updated_at": CANCELLED,
    },
    "reschedule_booking 200": {
        **MOVED_ON,
        "reschedule": {**MOVE, "status": "moved", "decided_at": MOVED},
        "version": 5,
        "updated_at": MOVED,
    },
    "reschedule_booking 202": {"reschedule": MOVE, "version": 4, "updated_at": MOVE["created_at"]},
}
"""Where an answer shows the booking at another point of the story."""
