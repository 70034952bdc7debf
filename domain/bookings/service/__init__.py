"""The face of bookings: request one, decide a lane's, move one, look at one; and change what is booked."""

from domain.bookings.service.allocate import BATCH, allocate, waiting
from domain.bookings.service.capacity import change_service, is_booked
from domain.bookings.service.invariants import Examination, examine, examined
from domain.bookings.service.look import alternatives, is_decided, last_reschedule, reschedule_of, seen
from domain.bookings.service.move import cancel, complete, confirm, expire_holds, settle
from domain.bookings.service.request import request
from domain.bookings.service.reschedule import reschedule

__all__ = [
    "BATCH",
    "Examination",
    "allocate",
    "alternatives",
    "cancel",
    "change_service",
    "complete",
    "confirm",
    "examine",
    "examined",
    "expire_holds",
    "is_booked",
    "is_decided",
    "last_reschedule",
    "request",
    "reschedule",
    "reschedule_of",
    "seen",
    "settle",
    "waiting",
]
