"""The face of bookings: request one, decide a lane's, move one, look at one; and change what is booked."""

from domain.bookings.service.allocate import BATCH, allocate, tried_before, waiting
from domain.bookings.service.capacity import change_service, is_booked
from domain.bookings.service.look import alternatives, is_decided, seen
from domain.bookings.service.move import cancel, complete, confirm, expire_holds, settle
from domain.bookings.service.request import request

__all__ = [
    "BATCH",
    "allocate",
    "alternatives",
    "cancel",
    "change_service",
    "complete",
    "confirm",
    "expire_holds",
    "is_booked",
    "is_decided",
    "request",
    "seen",
    "settle",
    "tried_before",
    "waiting",
]
