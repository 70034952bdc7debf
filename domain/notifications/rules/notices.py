"""The notices that there are, what gives rise to them, and while what they are true: data, not ifs."""

from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum, StrEnum

from domain.bookings.rules import Status
from domain.kernel.calendars import Method


class Notice(StrEnum):
    """What a message tells."""

    RECEIVED = "received"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    AWAITING_PAYMENT = "awaiting_payment"
    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    RESCHEDULE_REFUSED = "reschedule_refused"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REFUNDED = "refunded"
    REMINDER = "reminder"
    FOLLOW_UP = "follow_up"


class Personal(StrEnum):
    """What a message tells that is about no booking: about a user's account, or a business that they run."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a message, not a secret
    INVITATION = "invitation"
    ENDPOINT_DISABLED = "endpoint_disabled"
    REMIND_AGAIN = "remind_again"


class Audience(StrEnum):
    """Whom a message is for."""

    CUSTOMER = "customer"
    STAFF = "staff"
    USER = "user"


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"


class MessageState(StrEnum):
    """Where a message stands."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


class Urgency(IntEnum):
    """Who goes first when much is due at once: who waits for a mail before who does not know that one will come."""

    PERSONAL = 0
    NEWS = 1
    BY_RULE = 2


class Skip(StrEnum):
    """Why a message was not sent after all."""

    MOVED = "booking_moved"
    NOT_SO_ANY_MORE = "not_so_any_more"
    STARTED = "already_started"
    SUPERSEDED = "superseded"
    TOO_LATE = "too_late"
    UNSUBSCRIBED = "unsubscribed"
    ANSWERED_AT_ONCE = "answered_at_once"
    ASKED_BY_BUSINESS = "asked_by_business"
    NOT_STAFF = "not_staff_any_more"
    NO_RULE = "rule_taken_away"
    NOTHING_TO_SAY = "nothing_to_say"
    TOO_MANY = "too_many"
    TOO_MANY_STRANGERS = "too_many_strangers"
    TOO_MANY_BY_LINK = "too_many_by_link"
    ACCOUNT_UNPROVEN = "account_unproven"


SAID: Mapping[str, Notice] = {
    "booking.requested": Notice.RECEIVED,
    "booking.awaiting_approval": Notice.WAITING_FOR_APPROVAL,
    "booking.awaiting_payment": Notice.AWAITING_PAYMENT,
    "booking.confirmed": Notice.CONFIRMED,
    "booking.rescheduled": Notice.RESCHEDULED,
    "booking.reschedule_refused": Notice.RESCHEDULE_REFUSED,
    "booking.cancelled": Notice.CANCELLED,
    "booking.declined": Notice.DECLINED,
    "booking.expired": Notice.EXPIRED,
    "booking.rejected": Notice.REJECTED,
    "refund.succeeded": Notice.REFUNDED,
}
"""What is told of an event. What is about money carries its booking's id."""

OF_TOKENS: Mapping[str, Personal] = {
    "user.email_verification_requested": Personal.VERIFY_EMAIL,
    "user.password_reset_requested": Personal.RESET_PASSWORD,
    "invitation.created": Personal.INVITATION,
}
"""What is mailed to the address of the account token that an event is about."""

OF_OWNERS: Mapping[str, Personal] = {"webhook_endpoint.disabled": Personal.ENDPOINT_DISABLED}
"""What is mailed to the owners of the business that an event happened in, unless one of them has asked for it."""

PLANNING = frozenset({"booking.confirmed", "booking.rescheduled"})
"""Events after which reminders are planned: from then on a booking is to take place at a certain time."""

ENDING = frozenset({"booking.completed"})
"""Events after which follow-ups are planned."""

DELAYS: Mapping[Notice, timedelta] = {Notice.RECEIVED: timedelta(minutes=1)}
"""Most bookings are decided at once: only of one that is not by then is it worth saying that it was received."""

STAYS_TO_HEAR: Mapping[Notice, timedelta] = {
    Notice.REJECTED: DELAYS[Notice.RECEIVED],
    Notice.RESCHEDULE_REFUSED: timedelta(seconds=15),
}
"""Whoever asked is still there for so long, and has a refusal as the answer. A booking that takes longer is said to be
received, and the page of a booking waits so long for a move."""

STANDS = frozenset({Status.AWAITING_APPROVAL, Status.AWAITING_PAYMENT, Status.CONFIRMED})

TRUE_WHILE: Mapping[Notice, frozenset[Status]] = {
    Notice.RECEIVED: frozenset({Status.PENDING}),
    Notice.WAITING_FOR_APPROVAL: frozenset({Status.AWAITING_APPROVAL}),
    Notice.AWAITING_PAYMENT: frozenset({Status.AWAITING_PAYMENT}),
    Notice.CONFIRMED: frozenset({Status.CONFIRMED}),
    Notice.RESCHEDULED: STANDS,
    Notice.RESCHEDULE_REFUSED: STANDS,
    Notice.CANCELLED: frozenset({Status.CANCELLED}),
    Notice.DECLINED: frozenset({Status.DECLINED}),
    Notice.EXPIRED: frozenset({Status.EXPIRED}),
    Notice.REJECTED: frozenset({Status.REJECTED}),
    Notice.REMINDER: frozenset({Status.CONFIRMED}),
    Notice.FOLLOW_UP: frozenset({Status.COMPLETED}),
}
"""The statuses in which a notice is still so; of one that is not named, in any."""

OF_A_TIME = frozenset({Notice.RESCHEDULED, Notice.RESCHEDULE_REFUSED, Notice.REMINDER})
"""These name a time that holds only until the booking is moved again."""

BEFOREHAND = frozenset(
    {
        Notice.RECEIVED,
        Notice.WAITING_FOR_APPROVAL,
        Notice.AWAITING_PAYMENT,
        Notice.CONFIRMED,
        Notice.RESCHEDULED,
        Notice.RESCHEDULE_REFUSED,
        Notice.REMINDER,
    }
)
"""These are of no use to anybody once the booking has started."""

ENTRIES: Mapping[Notice, Method] = {
    Notice.CONFIRMED: Method.REQUEST,
    Notice.RESCHEDULED: Method.REQUEST,
    Notice.CANCELLED: Method.CANCEL,
    Notice.HANDED_OVER: Method.CANCEL,
}
"""What the calendar of whoever gets such a message is asked to do."""

TOLD_BY_ENTRIES = (Notice.CONFIRMED, Notice.RESCHEDULED, Notice.CANCELLED)
"""Of these whoever has a booking in their calendar must hear."""

TO_STAFF_ALONE = frozenset({Notice.HANDED_OVER})
"""These are told to no customer: whoever served what was moved to others has lost it, whatever becomes of it there."""

ASKED_FOR = frozenset({Notice.REMINDER, Notice.FOLLOW_UP})
"""These come by a rule of the business, and whoever does not want them may say so."""
