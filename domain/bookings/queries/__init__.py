"""Every SQL statement of the bookings room: the queue of a lane, moves, and what callers look at."""

from domain.bookings.queries.change import Change, move
from domain.bookings.queries.lane import (
    announce,
    any_tried,
    bookings_for_update,
    lapsed,
    lapsed_for_update,
    pending,
)
from domain.bookings.queries.look import any_of, booking, history, status

__all__ = [
    "Change",
    "announce",
    "any_of",
    "any_tried",
    "booking",
    "bookings_for_update",
    "history",
    "lapsed",
    "lapsed_for_update",
    "move",
    "pending",
    "status",
]
