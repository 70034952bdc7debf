"""The database's part in webhooks."""

from domain.webhooks.queries.claim import (
    any_due,
    endpoints_with_room_for_update,
    keep_bodies,
    take,
    told,
    waiting_since,
)
from domain.webhooks.queries.fan_out import add_deliveries
from domain.webhooks.queries.look import (
    SEALED,
    attempts,
    count_endpoints,
    deliveries,
    delivery,
    endpoint,
    endpoint_for_update,
    endpoints,
    endpoints_set_by,
    is_off_for_update,
)
from domain.webhooks.queries.record import (
    add_attempt,
    bury,
    bury_of,
    delete_endpoints,
    delete_finished,
    delivery_for_update,
    do_more_wait,
    hurry_unsigned,
    take_back,
)
from domain.webhooks.queries.replays import page, replay, replay_by_id

__all__ = [
    "SEALED",
    "add_attempt",
    "add_deliveries",
    "any_due",
    "attempts",
    "bury",
    "bury_of",
    "count_endpoints",
    "delete_endpoints",
    "delete_finished",
    "deliveries",
    "delivery",
    "delivery_for_update",
    "do_more_wait",
    "endpoint",
    "endpoint_for_update",
    "endpoints",
    "endpoints_set_by",
    "endpoints_with_room_for_update",
    "hurry_unsigned",
    "is_off_for_update",
    "keep_bodies",
    "page",
    "replay",
    "replay_by_id",
    "take",
    "take_back",
    "told",
    "waiting_since",
]
