"""The face of notifications: plan what is to be said, send it, look at it; and what businesses choose about it."""

from domain.notifications.service.choices import (
    Reminding,
    change_message_settings,
    locale_of_business,
    message_settings,
    reminding,
    replace_reminders,
)
from domain.notifications.service.letters import Links, Written, spoken
from domain.notifications.service.log import found, is_unsubscribed, resend, seen, subscribe_again, unsubscribe
from domain.notifications.service.planning import plan
from domain.notifications.service.sending import (
    Claim,
    Wait,
    claim,
    failed,
    give_back,
    is_any_due,
    postponed,
    prepared,
    purged,
    request_of,
    sent,
    skipped,
    waiting_since,
)
from domain.notifications.service.templates import (
    Worded,
    preview,
    remove_template,
    replace_template,
    template,
    templates,
)
from domain.notifications.service.wishes import wish, wish_of

__all__ = [
    "Claim",
    "Links",
    "Reminding",
    "Wait",
    "Worded",
    "Written",
    "change_message_settings",
    "claim",
    "failed",
    "found",
    "give_back",
    "is_any_due",
    "is_unsubscribed",
    "locale_of_business",
    "message_settings",
    "plan",
    "postponed",
    "prepared",
    "preview",
    "purged",
    "reminding",
    "remove_template",
    "replace_reminders",
    "replace_template",
    "request_of",
    "resend",
    "seen",
    "sent",
    "skipped",
    "spoken",
    "subscribe_again",
    "template",
    "templates",
    "unsubscribe",
    "waiting_since",
    "wish",
    "wish_of",
]
