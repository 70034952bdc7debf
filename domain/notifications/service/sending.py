"""Sending: claimed in one transaction, judged and written right before, handed over in none, recorded in another.

A message is sent twice only if its worker dies, or loses the database for longer, after the mail server took it and before
that is written down, or if the server does not say whether it did; its Message-ID is the same then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from domain.bookings.rules import shown_status
from domain.kernel.ids import new_id
from domain.notifications import queries
from domain.notifications.gateway import PostError, Refused, Unsure
from domain.notifications.queries import About
from domain.notifications.rules.judging import (
    WAITS,
    Planned,
    Standing,
    may_tell,
    must_wait,
    why_not,
)
from domain.notifications.rules.letters import storable
from domain.notifications.rules.notices import ASKED_FOR, Audience, Channel, MessageState, Notice, Skip
from domain.notifications.rules.reminding import DEFAULT, ReminderRule, ReminderRules
from domain.notifications.rules.retrying import ANSWERED, DEATHS, LEASE, PAUSE, UNSURE, next_try
from domain.notifications.service.entries import is_listed, serves
from domain.notifications.service.letters import Links, Wait, Written, acts_for_customer, asked_start, written
from domain.notifications.service.personal import written_personally
from domain.notifications.tables import Notification

BATCH = 50
KEPT = timedelta(days=180)
PURGED = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Messages that one worker has to itself for a while, by the *lease*; *turn* is the account that was looked at last."""

    lease: UUID
    ids: Sequence[UUID]
    turn: UUID | None = None


def claim(session: Session, *, after: UUID | None = None, now: datetime) -> Claim:
    """Claim a batch of what may be tried by now. Any number may claim at once, and nothing is claimed twice.

    What others had when they died is claimed one at a time, and tried after all else: so it is known what ends whoever
    tries it, and the rest is sent nevertheless. It is given up after `DEATHS`. Accounts have their turns from the one *after*
    which is claimed: the turn of the claim before.
    """
    lease = new_id()
    begin = after or UUID(int=0)
    ids, turn = queries.claim_due_for_update(
        session, lease, after=begin, until=now + LEASE, now=now, limit=BATCH, deaths=DEATHS
    )
    return Claim(lease=lease, ids=ids, turn=turn)


def give_back(session: Session, ids: Sequence[UUID], lease: UUID, *, now: datetime) -> None:
    """Let others have what was claimed and not tried."""
    queries.give_back(session, ids, lease, now=now)


def prolong(session: Session, notification_id: UUID, lease: UUID, *, now: datetime) -> None:
    """Leave a message longer to who has it: its answer is waited for."""
    queries.prolong(session, notification_id, lease, until=now + ANSWERED + LEASE)


def prepared(
    session: Session, notification_id: UUID, lease: UUID, links: Links, *, now: datetime
) -> Written | Skip | Wait | None:
    """Return a message as it is to be sent now, or why it is not to be sent any more, or not yet.

    Its `Date` is now, and another one at each try: an old one is taken for spam, and the Message-ID says that it is the same.
    None: the *lease* is over, and to send it is up to somebody else.
    """
    about = queries.about(session, notification_id, now=now)
    if about is None:
        row, business, settings = queries.personal(session, notification_id)
        if not _is_held(row, lease, now):
            return None
        return written_personally(session, row, business, settings, links, now=now)
    if not _is_held(about.notification, lease, now):
        return None
    planned, standing = _planned(about), _standing(session, about, links, now)
    reason = why_not(planned, standing, now=now)
    waits = must_wait(planned, standing)
    if reason is None and waits is not None:
        return Wait(why=waits, account_id=about.account_id, until=now + WAITS[waits])
    return reason or written(session, about, links, now=now)


def skipped(session: Session, notification_id: UUID, lease: UUID, reason: Skip) -> None:
    """Write down that a message is not sent, and why."""
    queries.write_down(
        session, notification_id, lease, state=MessageState.SKIPPED, skip_reason=reason, next_try_at=None
    )


def postponed(session: Session, notification_id: UUID, lease: UUID, wait: Wait, *, now: datetime) -> None:
    """Let a message wait, and all that is due and would have to as well: to judge one after the other takes long."""
    queries.write_down(
        session,
        notification_id,
        lease,
        state=MessageState.DUE,
        next_try_at=wait.until,
        attempts=Notification.attempts - 1,
        last_error=wait.why.value,
    )
    if wait.why is Skip.TOO_MANY:
        queries.put_off_alike_for_update(session, notification_id, until=wait.until, now=now)
    elif wait.why in {Skip.TOO_MANY_STRANGERS, Skip.ACCOUNT_UNPROVEN}:
        queries.put_off_strangers_for_update(session, wait.account_id, until=wait.until, now=now)


def sent(session: Session, notification_id: UUID, lease: UUID, what: Written, *, now: datetime) -> None:
    """Write down that a message was taken."""
    queries.write_down(
        session,
        notification_id,
        lease,
        state=MessageState.SENT,
        sent_at=now,
        next_try_at=None,
        last_error=None,
        subject=what.letter.subject,
        locale=what.locale,
    )


def failed(session: Session, notification_id: UUID, lease: UUID, error: Exception, *, now: datetime) -> datetime | None:
    """Write down what went wrong with a message, and return when it is tried again; None: it is given up."""
    row = queries.notification_by_id(session, notification_id)
    attempts, unsure, later = row.attempts, row.unsure + isinstance(error, Unsure), None
    if isinstance(error, PostError) and not error.is_a_try:  # nobody was there, for a week at most: see `why_not`
        attempts, later = attempts - 1, now + PAUSE
    elif not isinstance(error, Refused) and unsure < UNSURE:
        later = next_try(attempts, row.due_at, now=now)
    said = storable(str(error) if isinstance(error, PostError) else repr(error))
    state = MessageState.FAILED if later is None else MessageState.DUE
    became = {"state": state, "attempts": attempts, "unsure": unsure, "next_try_at": later, "last_error": said[:1000]}
    queries.write_down(session, notification_id, lease, **became)
    return later


def request_of(session: Session, notification_id: UUID) -> str | None:
    """Return the id of the request that a message goes back to, for the log; None: of none that is known."""
    return queries.request_of(session, notification_id)


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Tell whether there is something to send."""
    return queries.is_any_due(session, now=now)


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """Return when what has waited longest to be sent was due; None: nothing waits."""
    return queries.waiting_since(session, now=now)


def purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of messages that were over half a year ago; tell whether there may be more."""
    return queries.forget(session, before=now - KEPT, limit=PURGED) == PURGED


def _is_held(row: Notification, lease: UUID, now: datetime) -> bool:
    return row.leased_by == lease and row.next_try_at is not None and row.next_try_at > now


def _planned(about: About) -> Planned:
    row = about.notification
    return Planned(notice=Notice(row.kind), audience=Audience(row.audience), sequence=row.sequence, due_at=row.due_at)


def _standing(session: Session, about: About, links: Links, now: datetime) -> Standing:
    booking = about.booking
    held_back, too_many = _held(session, about, links, now)
    standing = Standing(
        status=shown_status(booking.status, booking.hold_expires_at, now=now),
        sequence=booking.sequence,
        starts_at=booking.starts_at,
        is_superseded=about.is_superseded,
        is_unsubscribed=about.is_unsubscribed,
        told_lately=about.told_lately,
        is_of_staff=about.is_of_staff,
        is_one_stranger_too_many=too_many,
        is_held_back=held_back,
        told_by_link=about.told_by_link if about.notification.is_by_link else 0,
        asked_at=booking.created_at,
        is_staff_still=about.is_member or is_listed(about),
        is_ruled_still=about.notification.again_of is not None or _is_ruled(about),
        serves_it=about.notification.kind == Notice.HANDED_OVER and serves(session, about),
    )
    start = asked_start(about)
    if start is None:
        return standing
    asked = queries.refused_move(session, booking.id, start)
    return replace(standing, asked_at=asked.created_at, is_theirs=acts_for_customer(session, booking, asked.asked_by))


def _is_ruled(about: About) -> bool:
    """Tell whether the business has the rule that a message was planned by; what follows from none is in order."""
    row = about.notification
    if row.kind not in ASKED_FOR:
        return True
    rules = ReminderRules.read(about.plan.rules) if about.plan else DEFAULT
    planned_by = ReminderRule(notice=Notice(row.kind), minutes=row.details["minutes"], channel=Channel(row.channel))
    return planned_by in rules.of(about.booking.service_id)


def _held(session: Session, about: About, links: Links, now: datetime) -> tuple[bool, bool]:
    """Return whether a message is held back for want of proof, and whether it is one too many to strangers today."""
    most, is_held_back = links.most_strangers, False
    if links.asks_for_proof:
        pays, runs = about.account_id, about.business.account_id
        known = queries.senders(session, {pays, runs}, about.notification.address)
        audience = None if about.is_proven else Audience(about.notification.audience)
        is_held_back = not may_tell(audience, payer=known[pays], business=known[runs])
        most = min(most, links.most_if_young) if known[pays].is_young(now) else most
    if about.is_proven or about.is_on_link:
        return is_held_back, False
    return is_held_back, queries.strangers_told(session, about.account_id, now=now) >= most
