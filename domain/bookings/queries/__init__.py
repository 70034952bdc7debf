"""Every SQL statement of the bookings room: the queue of a lane, moves, and what callers look at."""

from domain.bookings.queries.change import Change, move
from domain.bookings.queries.holds import ended_for_update, held, holder_for_update
from domain.bookings.queries.lane import (
    announce,
    any_tried,
    bookings_for_update,
    lapsed,
    lapsed_for_update,
    pending,
)
from domain.bookings.queries.look import booking, bookings, history, status

__all__ = [
    "Change",
    "announce",
    "any_tried",
    "booking",
    "bookings",
    "bookings_for_update",
    "ended_for_update",
    "held",
    "history",
    "holder_for_update",
    "lapsed",
    "lapsed_for_update",
    "move",
    "pending",
    "status",
]
