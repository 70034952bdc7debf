"""Judging, right before it is sent, whether a message is still worth sending. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.bookings.rules import Status
from domain.notifications.rules.notices import (
    ASKED_FOR,
    BEFOREHAND,
    OF_A_TIME,
    STAYS_TO_HEAR,
    TRUE_WHILE,
    Audience,
    Notice,
    Skip,
)

MOST_AN_HOUR = 30
"""Anybody may be named as a customer, or as staff: more than that within an hour may be somebody's victim, unless it is a
member's address, who has proven it and agreed to be one. Counted for each account: nobody can use up what others may send."""

MOST_TO_STAFF = 300
"""Of these, too: a desk has busy hours, but no more than that."""

MOST_BY_LINK = 10
"""Messages about one booking to one address within a day that somebody has caused by its manage link: they count against no account."""

YOUNG = timedelta(days=7)
"""So long after an account has first proven an address it tells few strangers a day."""

WAITS: Mapping[Skip, timedelta] = {
    Skip.TOO_MANY: timedelta(minutes=10),
    Skip.TOO_MANY_STRANGERS: timedelta(hours=3),
    Skip.TOO_MANY_BY_LINK: timedelta(hours=3),
    Skip.ACCOUNT_UNPROVEN: timedelta(minutes=10),
}
"""How long what is one too many waits until it is judged again."""

PATIENCE: Mapping[Skip, timedelta] = {
    Skip.TOO_MANY: timedelta(hours=6),
    Skip.TOO_MANY_STRANGERS: timedelta(days=3),
    Skip.TOO_MANY_BY_LINK: timedelta(days=3),
    Skip.ACCOUNT_UNPROVEN: timedelta(days=3),
}
"""How long it waits in all. A desk that is told of a busy hour hears of all of it; a victim not for days."""

TOO_OLD = timedelta(days=7)
"""Later than that after it was due, a message says nothing new: it is told after a restore, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """An account that a message to a stranger is on, or whose business it is about.

    *proven_at* is when one of its users first proved an address, None: none has; *is_told* whether the message is to one of them.
    """

    is_free: bool
    proven_at: datetime | None
    is_told: bool

    def is_known(self) -> bool:
        """Tell whether somebody answers for it: by a proven address, or an operator, who put it on the paid plan."""
        return self.proven_at is not None or not self.is_free

    def is_young(self, now: datetime) -> bool:
        """Tell whether it has not been known for long."""
        return self.is_free and (self.proven_at is None or now - self.proven_at < YOUNG)


def may_tell(audience: Audience | None, *, payer: Sender, business: Sender) -> bool:
    """Tell whether a message may go to a stranger, as the *audience*; None: to somebody who has proven their address.

    The business must be known, which has said who its staff are. Of customers so must whoever the message is on, who has said
    who they are, unless that is themselves. Whoever has proven their address hears also of what they have done themselves.
    """
    if audience is None:
        return business.is_known() or payer.is_told
    return business.is_known() and (audience is not Audience.CUSTOMER or payer.is_known() or payer.is_told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A message as it was planned: *sequence* counts the moves that the booking had made by then."""

    notice: Notice
    audience: Audience
    sequence: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The booking as it reads now, and what its customer has heard and said.

    *is_superseded*: a later reminder of the same booking to the same address is due by now, too. *told_lately* is how
    many messages they got within the hour on the same account, and *is_of_staff* whether it is a member's own address.
    *is_one_stranger_too_many*: nobody has proven it, customer or staff, and the account has told as many such people as it may in a day.
    *is_held_back*: nobody has proven it, nor an address of the account that would tell them.
    *told_by_link*: somebody caused it by the booking's link, which has had as many sent to them within the day; 0 for others.
    *asked_at* is when what was refused had been asked for, and *is_theirs* whether the customer asked for it.
    *serves_it*: whoever had handed the booking over has it again. *is_staff_still*: the business would tell them today, too.
    *is_ruled_still*: if a rule of the business had it planned, there is that rule still.
    """

    status: Status
    sequence: int
    starts_at: datetime
    is_superseded: bool = False
    is_unsubscribed: bool = False
    told_lately: int = 0
    is_of_staff: bool = False
    is_one_stranger_too_many: bool = False
    is_held_back: bool = False
    told_by_link: int = 0
    asked_at: datetime | None = None
    is_theirs: bool = True
    serves_it: bool = False
    is_staff_still: bool = True
    is_ruled_still: bool = True


def why_not(planned: Planned, standing: Standing, *, now: datetime) -> Skip | None:
    """Return why a message is not to be sent any more; None: it is."""
    notice = planned.notice
    if notice is Notice.HANDED_OVER and standing.serves_it:
        return Skip.NOT_SO_ANY_MORE
    if planned.audience is Audience.STAFF and not standing.is_staff_still:
        return Skip.NOT_STAFF
    if notice in OF_A_TIME and planned.sequence != standing.sequence:
        return Skip.MOVED
    if notice in TRUE_WHILE and standing.status not in TRUE_WHILE[notice]:
        return Skip.NOT_SO_ANY_MORE
    if notice in BEFOREHAND and standing.starts_at <= now:
        return Skip.STARTED
    return _not_wanted(planned, standing, now)


def must_wait(planned: Planned, standing: Standing) -> Skip | None:
    """Return why a message that is worth sending is not to be sent yet; None: it may be."""
    is_of_staff = planned.audience is Audience.STAFF and standing.is_of_staff
    if standing.told_lately >= (MOST_TO_STAFF if is_of_staff else MOST_AN_HOUR):
        return Skip.TOO_MANY
    if standing.told_by_link >= MOST_BY_LINK:
        return Skip.TOO_MANY_BY_LINK
    if standing.is_held_back:
        return Skip.ACCOUNT_UNPROVEN
    return Skip.TOO_MANY_STRANGERS if standing.is_one_stranger_too_many else None


def _not_wanted(planned: Planned, standing: Standing, now: datetime) -> Skip | None:
    notice = planned.notice
    if not standing.is_ruled_still:
        return Skip.NO_RULE
    if notice is Notice.REMINDER and standing.is_superseded:
        return Skip.SUPERSEDED
    if now > planned.due_at + TOO_OLD:
        return Skip.TOO_LATE
    waits = must_wait(planned, standing)
    if waits is not None and now > planned.due_at + PATIENCE[waits]:
        return waits
    if notice in ASKED_FOR and standing.is_unsubscribed:
        return Skip.UNSUBSCRIBED
    return _known_already(planned, standing) if planned.audience is Audience.CUSTOMER else None


def _known_already(planned: Planned, standing: Standing) -> Skip | None:
    if standing.asked_at is None or planned.notice not in STAYS_TO_HEAR:
        return None
    if not standing.is_theirs:
        return Skip.ASKED_BY_BUSINESS
    is_there = planned.due_at - standing.asked_at < STAYS_TO_HEAR[planned.notice]
    return Skip.ANSWERED_AT_ONCE if is_there else None
