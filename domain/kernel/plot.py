"""The plot: which jobs follow from which event, on one page.

A job's kind is the name of the task that does it (`<file>.<function>` in `workers/`).
"""

from collections.abc import Mapping

ALLOCATE = "bookings.allocate"

PLOT: Mapping[str, tuple[str, ...]] = {
    "booking.requested": (ALLOCATE,),
    "booking.confirmed": (),
    "booking.awaiting_approval": (),
    "booking.awaiting_payment": (),
    "booking.rejected": (),
    "booking.cancelled": (),
    "booking.declined": (),
    "booking.completed": (),
    "booking.no_show": (),
    "booking.expired": (),
    "booking.reschedule_requested": (ALLOCATE,),
    "booking.rescheduled": (),
    "booking.reschedule_refused": (),
    "business.created": (),
    "business.updated": (),
    "business.archived": (),
    "member.added": (),
    "member.changed": (),
    "member.removed": (),
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
}
