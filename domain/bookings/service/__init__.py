"""The face of bookings: request one, decide a lane's, move one, look at one; and change what is booked."""

from domain.bookings.queries.invariants import Finding, finding
from domain.bookings.service.allocate import BATCH, LONGEST, allocate, waiting
from domain.bookings.service.calendars import (
    NewFeed,
    create_feed,
    downloaded,
    feeds_purged,
    for_customer,
    for_members,
    list_feeds,
    read_feed,
    revoke_feed,
    revoke_feeds_of,
    rotate_feed,
)
from domain.bookings.service.capacity import change_business, change_service
from domain.bookings.service.cases import lengths_of
from domain.bookings.service.guests import ManageLink, Shown, guest, manage_link, opened, revoke_manage_links
from domain.bookings.service.invariants import ONE_MOMENT, Examination, examine, examined
from domain.bookings.service.look import (
    ASKED_AGAIN,
    alternatives,
    found,
    history,
    is_decided,
    last_reschedule,
    last_reschedules,
    reschedule_of,
    seen,
    visible,
)
from domain.bookings.service.move import SWEPT, complete_ended, expire_holds, settle
from domain.bookings.service.paid import Ground, confirm_paid, ground_for_update, note_money, retake
from domain.bookings.service.request import request
from domain.bookings.service.reschedule import reschedule, to_be_moved
from domain.bookings.service.trail import audit_entry, audit_of_account, audit_of_business, audit_of_installation
from domain.bookings.service.turn import cancel, cancellation_fee, complete, confirm, decline, no_show

__all__ = [
    "ASKED_AGAIN",
    "BATCH",
    "LONGEST",
    "ONE_MOMENT",
    "SWEPT",
    "Examination",
    "Finding",
    "Ground",
    "ManageLink",
    "NewFeed",
    "Shown",
    "allocate",
    "alternatives",
    "audit_entry",
    "audit_of_account",
    "audit_of_business",
    "audit_of_installation",
    "cancel",
    "cancellation_fee",
    "change_business",
    "change_service",
    "complete",
    "complete_ended",
    "confirm",
    "confirm_paid",
    "create_feed",
    "decline",
    "downloaded",
    "examine",
    "examined",
    "expire_holds",
    "feeds_purged",
    "finding",
    "for_customer",
    "for_members",
    "found",
    "ground_for_update",
    "guest",
    "history",
    "is_decided",
    "last_reschedule",
    "last_reschedules",
    "lengths_of",
    "list_feeds",
    "manage_link",
    "no_show",
    "note_money",
    "opened",
    "read_feed",
    "request",
    "reschedule",
    "reschedule_of",
    "retake",
    "revoke_feed",
    "revoke_feeds_of",
    "revoke_manage_links",
    "rotate_feed",
    "seen",
    "settle",
    "to_be_moved",
    "visible",
    "waiting",
]
