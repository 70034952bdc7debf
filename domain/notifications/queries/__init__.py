"""Every SQL statement of the notifications room: planning, sending, facts, what businesses chose, the log."""

from domain.notifications.queries.choices import (
    has_opted_out,
    opt_in,
    opt_out,
    reminder_plan,
    reminder_plan_for_update,
    settings_for_update,
    settings_of,
    template,
    template_for_update,
    templates,
)
from domain.notifications.queries.facts import (
    About,
    about,
    move_at,
    notification_by_id,
    personal,
    refunds_asked_for,
    refused_move,
    resource_names,
)
from domain.notifications.queries.log import is_repeated, notification, notification_for_update, notifications
from domain.notifications.queries.planning import plan
from domain.notifications.queries.sending import (
    claim_due_for_update,
    forget,
    give_back,
    is_any_due,
    put_off_for_update,
    request_of,
    waiting_since,
    write_down,
)
from domain.notifications.queries.strangers import strangers_told

__all__ = [
    "About",
    "about",
    "claim_due_for_update",
    "forget",
    "give_back",
    "has_opted_out",
    "is_any_due",
    "is_repeated",
    "move_at",
    "notification",
    "notification_by_id",
    "notification_for_update",
    "notifications",
    "opt_in",
    "opt_out",
    "personal",
    "plan",
    "put_off_for_update",
    "refunds_asked_for",
    "refused_move",
    "reminder_plan",
    "reminder_plan_for_update",
    "request_of",
    "resource_names",
    "settings_for_update",
    "settings_of",
    "strangers_told",
    "template",
    "template_for_update",
    "templates",
    "waiting_since",
    "write_down",
]
