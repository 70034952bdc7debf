"""The face of webhooks: endpoints, what is sent to them, and what became of it."""

from domain.webhooks.queries import SEALED
from domain.webhooks.service.deliver import (
    LEASE,
    MOST_EACH,
    claim,
    fan_out,
    is_any_due,
    purged,
    record,
    take_back,
    waiting_since,
)
from domain.webhooks.service.delivery import (
    attempts,
    deliveries,
    delivery_of,
    is_tried,
    redeliver,
    send_test,
    was_tried,
)
from domain.webhooks.service.endpoint import (
    Made,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    disable_endpoint,
    enable_endpoint,
    endpoint_of,
    endpoints,
    rotate_secret,
)
from domain.webhooks.service.replays import replay, replay_page
from domain.webhooks.service.resets import tell_what_is_left
from domain.webhooks.service.switching import bury_batch

__all__ = [
    "LEASE",
    "MOST_EACH",
    "SEALED",
    "Made",
    "attempts",
    "bury_batch",
    "change_endpoint",
    "claim",
    "create_endpoint",
    "delete_endpoint",
    "deliveries",
    "delivery_of",
    "disable_endpoint",
    "enable_endpoint",
    "endpoint_of",
    "endpoints",
    "fan_out",
    "is_any_due",
    "is_tried",
    "purged",
    "record",
    "redeliver",
    "replay",
    "replay_page",
    "rotate_secret",
    "send_test",
    "take_back",
    "tell_what_is_left",
    "waiting_since",
    "was_tried",
]
