"""The plot: which jobs follow from which event, on one page.

A job's kind is the name of the task that does it (`<file>.<function>` in `workers/`).
"""

from collections.abc import Mapping

ALLOCATE = "bookings.allocate"
CLOSE = "payments.close"
ADVANCE = "payments.advance"
REPAY = "payments.repay"
RECONCILE = "payments.reconcile"
APPLY = "provider_events.apply"
REPLAY = "webhooks.replay"
BURY = "webhooks.bury"
REPLAN = "reminders.replan"

LANED = frozenset({ALLOCATE})
"""Jobs that do all there is to do in a business's lane, so that one message stands for many; any other has its own."""

PLOT: Mapping[str, tuple[str, ...]] = {
    "booking.requested": (ALLOCATE,),
    "booking.confirmed": (),
    "booking.awaiting_approval": (),
    "booking.awaiting_payment": (),
    "booking.rejected": (CLOSE,),
    "booking.cancelled": (CLOSE,),
    "booking.declined": (CLOSE,),
    "booking.completed": (),
    "booking.no_show": (),
    "booking.expired": (CLOSE,),
    "booking.reschedule_requested": (ALLOCATE,),
    "booking.rescheduled": (),
    "booking.reschedule_refused": (),
    "payment.requested": (ADVANCE,),
    "payment.cancel_requested": (ADVANCE,),
    "payment.opened": (),
    "payment.processing": (),
    "payment.succeeded": (),
    "payment.failed": (),
    "payment.canceled": (),
    "payment.review": (),
    "payment.recorded": (),
    "refund.requested": (REPAY,),
    "refund.sent": (),
    "refund.attention": (),
    "refund.succeeded": (),
    "refund.failed": (),
    "dispute.opened": (),
    "dispute.changed": (),
    "booking.payment_changed": (),
    "provider_account.opened": (),
    "provider_account.changed": (),
    "provider_account.closed": (),
    "message_settings.changed": (),
    "message_template.changed": (),
    "message_template.removed": (),
    "reminder_rules.changed": (REPLAN,),
    "business.created": (),
    "business.updated": (),
    "business.archived": (),
    "member.added": (),
    "member.changed": (),
    "member.removed": (),
    "user.email_verification_requested": (),
    "user.password_reset_requested": (),
    "invitation.created": (),
    "invitation.accepted": (),
    "invitation.revoked": (),
    "service.created": (),
    "service.updated": (),
    "service.archived": (),
    "resource.created": (),
    "resource.updated": (),
    "resource.archived": (),
    "schedule.updated": (),
    "schedule.removed": (),
    "time_off.created": (),
    "time_off.updated": (),
    "time_off.deleted": (),
    "webhook_endpoint.created": (),
    "webhook_endpoint.updated": (),
    "webhook_endpoint.deleted": (),
    "webhook_endpoint.enabled": (),
    "webhook_endpoint.disabled": (),
    "webhook_endpoint.secret_rotated": (),
}
