"""What is told of it all: Bo by mail, Ada's till by webhooks, and whoever runs the server that all is well."""

from collections.abc import Mapping

from web.event_examples import examples
from web.story.marks import CHANGED, HAIRCUT, PAID, Told

TILL: Told = {
    "url": "https://till.example.com/aionbooking",
    "types": ["booking.*", "payment.succeeded"],
    "description": "The till at the door",
    "state": "enabled",
}
DELIVERY: Told = {
    "type": "booking.confirmed",
    "state": "delivered",
    "attempts": 1,
    "created_at": PAID,
    "finished_at": PAID,
}
TO_BE_SENT: Told = {"state": "due", "attempts": 0, "next_attempt_at": PAID, "finished_at": None}
TEST: Told = {
    "id": "whd_01k5e2v8x3q7m9n4p6r0s2t4w7",
    "event_id": "evt_01k5e2v8x3q7m9n4p6r0s2t4w7",
    "type": "webhook_endpoint.test",
    "created_at": CHANGED,
}
CONFIRMED = dict(examples())["booking.confirmed"]
SUBJECT = "See you on Monday, 16 March 2026"
TEXT = "Hello Bo,\n\nHaircut at Ada's Salon: Monday, 16 March 2026, 14:00 to 14:30.\n"
HTML = "<p>Hello Bo,</p><p>Haircut at Ada's Salon: Monday, 16 March 2026, 14:00 to 14:30.</p>"
LETTER: Told = {
    "kind": "confirmed",
    "channel": "email",
    "audience": "customer",
    "address": "bo@example.com",
    "name": "Bo Eze",
    "state": "sent",
    "due_at": PAID,
    "attempts": 1,
    "sent_at": "2026-03-10T17:32:12Z",
    "subject": SUBJECT,
    "locale": "en",
    "created_at": PAID,
}

TELLING: Mapping[str, Told] = {
    "WebhookEndpointView": TILL,
    "NewWebhookEndpointView": {**TILL, "secret": "whsec_q7Yh2mX9vK4nB8sD1fG6jL3pR5tW0zC8"},
    "WebhookDeliveryView": DELIVERY,
    "WholeWebhookDeliveryView": {
        **DELIVERY,
        "body": '{"type":"booking.confirmed","timestamp":"2026-03-10T17:32:10Z","data":{}}',
    },
    "AttemptView": {"number": 1, "at": PAID, "milliseconds": 84, "status": 200, "answer": "ok"},
    "ReplayView": {"since": "2026-03-01T00:00:00+01:00", "until": "2026-03-08T00:00:00+01:00", "deliveries": 12},
    "EventView": CONFIRMED,
    "EventList": {"next_cursor": "WyJldmVudHMiLDQyXQ.c2lnbmF0dXJl"},
    "RemindingView": {"address": "bo@example.com", "is_reminded": False},
    "MessageSettingsView": {
        "locale": "en",
        "sender_name": "Ada's Salon",
        "reply_to": "ada@example.com",
        "staff_notices": ["cancelled"],
        "staff_addresses": ["desk@example.com"],
        "tells_who_serves": True,
    },
    "ReminderRulesView": {
        "rules": [{"notice": "reminder", "minutes": 1440}],
        "services": [{"service_id": HAIRCUT, "rules": [{"notice": "follow_up", "minutes": 120}]}],
    },
    "TemplateView": {
        "kind": "confirmed",
        "language": "en",
        "is_own": True,
        "subject": "See you on {{ date }}",
        "text": "Hello {{ customer }},\n\n{{ details }}\n",
        "html": "<h1>See you, {{ customer }}</h1>\n{{ details }}",
    },
    "TemplateList": {"variables": {"customer": "The name of whom the booking is for"}},
    "PreviewView": {"subject": SUBJECT, "text": TEXT, "html": HTML},
    "NotificationView": LETTER,
    "InvariantsView": {"holds": True, "checked_at": "2026-03-16T05:00:00Z"},
    "CheckView": {
        "name": "one_place_one_booking",
        "meaning": "No two bookings have the same place at once, unless they share a service that takes several.",
        "count": 0,
        "examples": [],
    },
}
TELLING_THEN: Mapping[str, Told] = {
    "test_webhook_endpoint 200": {**TEST, "finished_at": "2026-03-02T08:20:01Z"},
    "test_webhook_endpoint 202": {**TO_BE_SENT, **TEST, "next_attempt_at": CHANGED},
    "redeliver_webhook 202": TO_BE_SENT,
    "resend_notification 201": {
        "state": "due",
        "attempts": 0,
        "sent_at": None,
        "id": "ntf_01k5e2v8x3q7m9n4p6r0s2t4w7",
        "again_of": "ntf_01k5e2v8x3q7m9n4p6r0s2t4w6",
    },
}
"""Where an answer shows what is told before it is."""
