"""Every SQL statement of the bookings room: the queue of a lane, moves, reschedules, and what callers look at."""

from domain.bookings.queries.change import Change, begin_history, move
from domain.bookings.queries.feeds import entries, feed_by_token, feed_for_update, feeds, revoke_feeds
from domain.bookings.queries.guests import linked, revoke_links
from domain.bookings.queries.holds import ended_for_update, held, holder_for_update
from domain.bookings.queries.lane import (
    Elsewhere,
    Locked,
    Waiter,
    announce,
    booking_for_update,
    bookings_for_update,
    elsewhere,
    is_open,
    lane_for_update,
    lapsed_for_update,
    queue,
)
from domain.bookings.queries.look import any_of, booking, booking_by_id, bookings, history, made_by, reread, visible
from domain.bookings.queries.paid import note_money
from domain.bookings.queries.reschedule import (
    Moved,
    Refused,
    last_reschedules,
    move_elsewhere,
    note,
    note_asked,
    refuse,
    reschedule,
    withdraw,
)
from domain.bookings.queries.trail import entries_of_account, entries_of_business, entries_of_installation, entry_of

__all__ = [
    "Change",
    "Elsewhere",
    "Locked",
    "Moved",
    "Refused",
    "Waiter",
    "announce",
    "any_of",
    "begin_history",
    "booking",
    "booking_by_id",
    "booking_for_update",
    "bookings",
    "bookings_for_update",
    "elsewhere",
    "ended_for_update",
    "entries",
    "entries_of_account",
    "entries_of_business",
    "entries_of_installation",
    "entry_of",
    "feed_by_token",
    "feed_for_update",
    "feeds",
    "held",
    "history",
    "holder_for_update",
    "is_open",
    "lane_for_update",
    "lapsed_for_update",
    "last_reschedules",
    "linked",
    "made_by",
    "move",
    "move_elsewhere",
    "note",
    "note_asked",
    "note_money",
    "queue",
    "refuse",
    "reread",
    "reschedule",
    "revoke_feeds",
    "revoke_links",
    "visible",
    "withdraw",
]
