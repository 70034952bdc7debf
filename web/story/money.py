"""What Bo pays by Paystack, half of which goes back in the end; and a booking that is paid otherwise."""

from collections.abc import Mapping

from web.story.marks import BOOKED, CANCELLED, HALF, NOTHING, PAID, PRICE, Told

REFERENCE = "aion_7hq2m4x9k3"
MARCH: Told = {"since": "2026-03-01T00:00:00+01:00", "until": "2026-04-01T00:00:00+01:00"}
PAYMENT: Told = {
    "provider": "paystack",
    "purpose": "price",
    "state": "succeeded",
    "amount": PRICE,
    "received": PRICE,
    "provider_ref": REFERENCE,
    "is_cancelling": False,
    "version": 4,
    "created_at": BOOKED,
    "updated_at": PAID,
    "settled_at": PAID,
}
BEFORE: Told = {"state": "creating", "received": NOTHING, "version": 1, "updated_at": BOOKED, "settled_at": None}
CREATING: Told = {**BEFORE, "provider_ref": None}
OPEN: Told = {**BEFORE, "state": "open", "version": 2}
IN_CASH = "pay_01k5e2v8x3q7m9n4p6r0s2t4w7"
BY_STRIPE: Told = {"id": "pay_01k5e2v8x3q7m9n4p6r0s2t4w8", "provider": "stripe"}
REFUND: Told = {
    "amount": HALF,
    "reason": "cancelled",
    "state": "succeeded",
    "version": 3,
    "created_at": CANCELLED,
    "updated_at": "2026-03-16T16:10:05Z",
}
ACCOUNT: Told = {
    "provider": "paystack",
    "public_key": "pk_live_4c1f0e9b7a3d",
    "webhook_path": "/api/payments/paystack/webhook/q7Yh2mX9vK4nB8sD",
}
HEARD: Told = {
    "provider": "paystack",
    "kind": "charge.success",
    "state": "applied",
    "payment_ref": REFERENCE,
    "payment_id": "pay_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "copies": 1,
    "received_at": PAID,
    "finished_at": PAID,
}

MONEY: Mapping[str, Told] = {
    "MoneyView": PRICE,
    "PaymentView": PAYMENT,
    "RefundView": REFUND,
    "DisputeView": {
        "state": "open",
        "amount": PRICE,
        "is_withdrawn": True,
        "reason": "fraudulent",
        "due_at": "2026-03-27T00:00:00Z",
        "provider_ref": "3472018",
        "created_at": "2026-03-20T06:00:00Z",
        "updated_at": "2026-03-20T06:00:00Z",
    },
    "LedgerEntryView": {"kind": "charge", "amount": PRICE, "source": REFERENCE, "created_at": PAID},
    "ReconciliationView": {
        **MARCH,
        "state": "done",
        "created_at": "2026-04-01T05:00:00Z",
        "finished_at": "2026-04-01T05:00:09Z",
    },
    "DifferenceView": {
        "provider_ref": REFERENCE,
        "kind": "state",
        "ours": "open",
        "theirs": "succeeded",
        "repair": "GET /api/payments/pay_01k5e2v8x3q7m9n4p6r0s2t4w6?refresh=true",
    },
    "AccountView": ACCOUNT,
    "ProviderEventView": HEARD,
    "ProviderEventBodyView": {**HEARD, "body": '{"event":"charge.success","data":{"reference":"aion_7hq2m4x9k3"}}'},
}
MONEY_THEN: Mapping[str, Told] = {
    "create_payment_intent 201": {
        **OPEN,
        **BY_STRIPE,
        "provider_ref": "pi_3T8xKq2eZvKYlo2C",
        "client_secret": "pi_3T8xKq2eZvKYlo2C_secret_x9vK4nB8sD",
        "publishable_key": "pk_live_51TdemoK3y",
    },
    "create_payment_intent 202": {**CREATING, **BY_STRIPE},
    "initialize_transaction 201": {
        **OPEN,
        "authorization_url": "https://checkout.paystack.com/0peioxfhpn",
        "access_code": "0peioxfhpn",
        "reference": REFERENCE,
    },
    "initialize_transaction 202": CREATING,
    "record_offline_payment 201": {
        "id": IN_CASH,
        "provider": "offline",
        "method": "cash",
        "provider_ref": None,
        "version": 1,
        "created_at": PAID,
    },
    "refund_payment 201": {"reason": "requested", "state": "pending", "version": 1, "updated_at": CANCELLED},
    "resolve_refund 200": {
        "id": "rfd_01k5e2v8x3q7m9n4p6r0s2t4w7",
        "payment_id": IN_CASH,
        "note": "Handed back at the till",
        "version": 2,
    },
    "start_reconciliation 202": {"state": "running", "differences": [], "finished_at": None},
    "replay_provider_event 202": {"state": "new", "finished_at": None},
}
"""Where an answer shows money at another point of the story."""
