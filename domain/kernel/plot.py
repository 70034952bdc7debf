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
    "business.created": (),
    "service.created": (),
}
