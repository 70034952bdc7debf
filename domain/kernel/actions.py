"""Actions: all that the audit log can tell of, by what it was done to, on one page.

Where there is an event of the same fact, the action has its name.
"""

from collections.abc import Mapping

from domain.kernel.ids import Kind

DONE: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "user": (
        Kind.USER,
        (
            *("registered", "updated", "email_verified", "password_changed", "password_reset"),
            *("operator_made", "operator_dismissed"),
        ),
    ),
    "account": (Kind.ACCOUNT, ("plan_changed",)),
    "session": (Kind.SESSION, ("started", "ended", "all_ended")),
    "api_key": (Kind.API_KEY, ("created", "rotated", "revoked")),
    "calendar_feed": (Kind.CALENDAR_FEED, ("created", "rotated", "revoked")),
    "business": (Kind.BUSINESS, ("created", "updated", "archived")),
    "member": (Kind.USER, ("added", "changed", "removed", "outlasted_reset")),
    "invitation": (Kind.INVITATION, ("created", "accepted", "revoked", "outlasted_reset")),
    "service": (Kind.SERVICE, ("created", "updated", "archived")),
    "resource": (Kind.RESOURCE, ("created", "updated", "archived")),
    "schedule": (Kind.SCHEDULE, ("updated", "removed")),
    "time_off": (Kind.TIME_OFF, ("created", "updated", "deleted")),
    "booking": (
        Kind.BOOKING,
        (
            *("requested", "reschedule_requested", "confirmed", "awaiting_payment", "declined", "cancelled"),
            *("completed", "no_show", "manage_link_shown", "manage_links_revoked"),
            *("reminders_turned_on", "reminders_turned_off"),
        ),
    ),
    "payment": (Kind.PAYMENT, ("requested", "recorded", "review_accepted", "review_returned")),
    "refund": (Kind.REFUND, ("requested", "resolved")),
    "reconciliation": (Kind.RECONCILIATION, ("started",)),
    "provider_account": (Kind.PROVIDER_ACCOUNT, ("opened", "changed", "closed")),
    "provider_event": (Kind.PROVIDER_EVENT, ("replayed",)),
    "message_settings": (Kind.BUSINESS, ("changed",)),
    "message_template": (Kind.BUSINESS, ("changed", "removed")),
    "reminder_rules": (Kind.BUSINESS, ("changed",)),
    "notification": (Kind.NOTIFICATION, ("resent",)),
    "webhook_endpoint": (
        Kind.WEBHOOK_ENDPOINT,
        (
            *("created", "updated", "enabled", "disabled", "secret_rotated", "deleted", "tested", "replayed"),
            "outlasted_reset",
        ),
    ),
    "webhook_delivery": (Kind.WEBHOOK_DELIVERY, ("redelivered",)),
    "job": (Kind.JOB, ("retried",)),
}

ACTIONS: Mapping[str, Kind] = {f"{noun}.{verb}": kind for noun, (kind, verbs) in DONE.items() for verb in verbs}
"""What each action is done to."""
