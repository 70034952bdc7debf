"""Calendars: a booking as an appointment, in mails, downloads and feeds alike; and private feeds of many.

A feed shows what its maker may see when it is read: whoever is sent away from a business takes none of its calendar along.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import queries as accounts
from domain.accounts import service as account_service
from domain.accounts.rules import Principal, Role, digest, new_token
from domain.bookings import queries
from domain.bookings.queries.feeds import Entry
from domain.bookings.rules import Status, TooManyFeeds, shown_status
from domain.bookings.service.guests import shown_to_guest
from domain.bookings.service.look import seen
from domain.bookings.tables import Booking, CalendarFeed
from domain.catalog import queries as catalog
from domain.kernel import audit
from domain.kernel.actors import Actor
from domain.kernel.calendars import Appointment, Standing
from domain.kernel.changes import NOTHING, Changes, fresh
from domain.kernel.errors import AdminsOnly, MembersOnly, NotFound, OwnResourcesOnly
from domain.kernel.ids import Kind, shown

BEFORE, AHEAD = timedelta(days=30), timedelta(days=366)
MOST_FEEDS = 50
KEPT = timedelta(days=30)
PURGED = 5000
"""How many feeds a user may have, how long one that is revoked is kept, and how many go at a time."""

MOST = 2000
"""How far back and ahead a feed reaches, and how many bookings it shows, the first ones."""

STANDINGS: Mapping[Status, Standing] = {
    **dict.fromkeys((Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW), Standing.CONFIRMED),
    **dict.fromkeys((Status.PENDING, Status.AWAITING_APPROVAL, Status.AWAITING_PAYMENT), Standing.TENTATIVE),
    **dict.fromkeys((Status.CANCELLED, Status.DECLINED, Status.EXPIRED, Status.REJECTED), Standing.CANCELLED),
}


class NewFeed(NamedTuple):
    """A feed's row, and the token that it is read at, told this once."""

    row: CalendarFeed
    token: str


class Feed(NamedTuple):
    """What a feed shows, and under which name."""

    name: str
    appointments: Sequence[Appointment]


def for_customer(entry: Entry, *, host: str, now: datetime) -> Appointment:
    """Return a booking as its customer's calendar shows it: what for, and where."""
    summary = f"{entry.service_name}, {entry.business_name}"
    return _appointment(entry.booking, host=host, now=now, summary=summary, location=entry.business_name)


def for_members(entry: Entry, *, host: str, now: datetime, quoted: Callable[[str], str] = str) -> Appointment:
    """Return a booking as the calendars of its business's members show it: who comes, and how they are reached.

    *quoted* writes what the customer has chosen to be called, and has written.
    """
    booking = entry.booking
    party = f" ({booking.party})" if booking.party > 1 else ""
    said = [booking.customer_email, booking.customer_phone, quoted(booking.notes or "")]
    return _appointment(
        booking,
        host=host,
        now=now,
        summary=f"{quoted(booking.customer_name)}{party}: {entry.service_name}",
        description="\n".join(each for each in said if each),
    )


def downloaded(session: Session, booking_id: UUID, *, caller: Principal, host: str, now: datetime) -> Appointment:
    """Return a booking that the caller sees as an appointment. Errors: NotFound."""
    booking, service, business = shown_to_guest(session, seen(session, booking_id, caller=caller))
    return for_customer(Entry(booking, service.name, business.name), host=host, now=now)


def create_feed(
    session: Session,
    *,
    business_id: UUID | None,
    resource_id: UUID | None,
    name: str,
    caller: Principal,
    now: datetime,
) -> NewFeed:
    """Make a feed of a resource, or of a business, or (neither) of the caller's own bookings.

    Locks the user and their session. Errors: SessionRequired, Unauthenticated; NotFound, MembersOnly, AdminsOnly,
    OwnResourcesOnly for what the caller may not see all of; TooManyFeeds.
    """
    caller.signed_in()
    account_service.still_acting(session, caller, now=now)
    if queries.count_feeds(session, caller.user_id) >= MOST_FEEDS:
        raise TooManyFeeds(most=MOST_FEEDS)
    if resource_id is not None:
        business_id = _refuse_unless_theirs(session, resource_id, caller)
    elif business_id is not None:
        _refuse_unless_admin(session, business_id, caller)
    token = new_token()
    row = CalendarFeed(
        user_id=caller.user_id,
        business_id=business_id,
        resource_id=resource_id,
        name=name,
        token_hash=digest(token),
        created_at=now,
    )
    session.add(row)
    session.flush()
    made = fresh({"business_id": business_id, "resource_id": resource_id, "name": name})
    _note(session, "created", row, caller.actor, caller.account_id, made, now)
    return NewFeed(row, token)


def list_feeds(session: Session, *, caller: Principal, after: UUID | None, limit: int) -> Sequence[CalendarFeed]:
    """Return a page of the caller's feeds. Raises SessionRequired."""
    caller.signed_in()
    return queries.feeds(session, caller.user_id, after=after, limit=limit)


def rotate_feed(session: Session, feed_id: UUID, *, caller: Principal, now: datetime) -> NewFeed:
    """Give a feed another token; the one of before reads nothing any more. Locks the user, their session, then the feed.

    Errors: SessionRequired, Unauthenticated, NotFound.
    """
    caller.signed_in()
    account_service.still_acting(session, caller, now=now)
    row = _own_for_update(session, feed_id, caller)
    token = new_token()
    row.token_hash, row.rotated_at = digest(token), now
    _note(session, "rotated", row, caller.actor, caller.account_id, {"token": None}, now)
    session.flush()
    return NewFeed(row, token)


def revoke_feed(session: Session, feed_id: UUID, *, caller: Principal, now: datetime) -> None:
    """End a feed. Locks it. Errors: SessionRequired, NotFound."""
    row = _own_for_update(session, feed_id, caller)
    row.revoked_at = now
    _note(session, "revoked", row, caller.actor, caller.account_id, NOTHING, now)


def revoke_feeds_of(session: Session, user_id: UUID, account_id: UUID, *, by: Actor, now: datetime) -> None:
    """End all feeds of a user of an account, who may not have been the one that made them."""
    for row in queries.revoke_feeds(session, user_id, now=now):
        _note(session, "revoked", row, by, account_id, NOTHING, now)


def read_feed(session: Session, token: str, *, host: str, now: datetime) -> Feed:
    """Return what is read at a token. Raises NotFound, also once its maker may see that no more."""
    feed = queries.feed_by_token(session, digest(token))
    if feed is None or not _may_read(session, feed):
        raise NotFound(what="calendar feed")
    rows = queries.entries(session, feed, now - BEFORE, now + AHEAD, now=now, limit=MOST)
    write = for_customer if feed.business_id is None else for_members
    return Feed(feed.name, [write(each, host=host, now=now) for each in rows])


def feeds_purged(session: Session, *, now: datetime) -> bool:
    """Delete a batch of feeds that were revoked a month ago; tell whether there may be more."""
    return queries.delete_feeds(session, revoked_before=now - KEPT, limit=PURGED) == PURGED


def _appointment(
    booking: Booking, *, host: str, now: datetime, summary: str, description: str = "", location: str = ""
) -> Appointment:
    """Return a booking as calendars show it, in words of the caller's.

    Its uid stays the same on *host* whatever becomes of it, and its sequence is its version, which rises with each change.
    """
    return Appointment(
        uid=f"{shown(Kind.BOOKING, booking.id)}@{host}",
        sequence=booking.version,
        standing=STANDINGS[shown_status(booking.status, booking.hold_expires_at, now=now)],
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        timezone=booking.timezone,
        summary=summary,
        description=description,
        location=location,
        changed_at=booking.updated_at,
    )


def _refuse_unless_admin(session: Session, business_id: UUID, caller: Principal) -> None:
    if catalog.business(session, business_id, member_of=caller.roles.keys()) is None:
        raise NotFound(what="business")
    if not caller.is_admin(business_id):
        raise AdminsOnly if caller.is_member(business_id) else MembersOnly


def _refuse_unless_theirs(session: Session, resource_id: UUID, caller: Principal) -> UUID:
    """Return the business of a resource whose every booking the caller serves."""
    found = catalog.resource(session, resource_id, member_of=caller.roles.keys())
    if found is None:
        raise NotFound(what="resource")
    if not caller.is_member(found.business_id):
        raise MembersOnly
    if not caller.is_admin(found.business_id) and found.user_id != caller.user_id:
        raise OwnResourcesOnly
    return found.business_id


def _may_read(session: Session, feed: CalendarFeed) -> bool:
    """Tell whether a feed's maker may still see all that it shows."""
    if feed.business_id is None:
        return True
    member = accounts.member(session, feed.business_id, feed.user_id)
    if member is None or member.role != Role.STAFF:
        return member is not None
    return feed.resource_id is not None and catalog.are_served_by(session, [feed.resource_id], feed.user_id)


def _note(
    session: Session, what: str, feed: CalendarFeed, by: Actor, account_id: UUID, changes: Changes, now: datetime
) -> None:
    """Write down who did what to a feed: of the business whose bookings it shows, or of its maker's account."""
    audit.record(
        session,
        by,
        f"calendar_feed.{what}",
        feed.id,
        business_id=feed.business_id,
        account_id=None if feed.business_id else account_id,
        changes=changes,
        now=now,
    )


def _own_for_update(session: Session, feed_id: UUID, caller: Principal) -> CalendarFeed:
    caller.signed_in()
    found = queries.feed_for_update(session, feed_id, caller.user_id)
    if found is None:
        raise NotFound(what="calendar feed")
    return found
