"""SQL about calendar feeds: the feeds, and the bookings that one shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, extract, func, or_, select, update
from sqlalchemy.orm import Session

from domain.bookings.queries.look import made_by
from domain.bookings.rules import OCCUPYING
from domain.bookings.tables import Booking, CalendarFeed
from domain.catalog.tables import Business, Service


class Entry(NamedTuple):
    """A booking of a feed, with the names of what it is for and where."""

    booking: Booking
    service_name: str
    business_name: str


def feeds(session: Session, user_id: UUID, *, after: UUID | None, limit: int) -> Sequence[CalendarFeed]:
    """Return a user's feeds that are not revoked, in order of their making, after the id *after*."""
    page = select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    page = page if after is None else page.where(CalendarFeed.id > after)
    return session.scalars(page.order_by(CalendarFeed.id).limit(limit)).all()


def count_feeds(session: Session, user_id: UUID) -> int:
    """Count a user's feeds that are not revoked."""
    theirs = (CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return session.scalars(select(func.count()).select_from(CalendarFeed).where(*theirs)).one()


def delete_feeds(session: Session, *, revoked_before: datetime, limit: int) -> int:
    """Delete feeds that were revoked before then; return how many that were."""
    old = select(CalendarFeed.id).where(CalendarFeed.revoked_at < revoked_before).limit(limit)
    gone = delete(CalendarFeed).where(CalendarFeed.id.in_(old)).returning(CalendarFeed.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def feed_for_update(session: Session, feed_id: UUID, user_id: UUID) -> CalendarFeed | None:
    """Lock a feed of a user's that is not revoked."""
    theirs = (CalendarFeed.id == feed_id, CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return session.scalar(
        select(CalendarFeed).where(*theirs).with_for_update(key_share=True).execution_options(populate_existing=True)
    )


def revoke_feeds(session: Session, user_id: UUID, *, now: datetime) -> Sequence[CalendarFeed]:
    """End all feeds of a user, and return them."""
    theirs = update(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return session.scalars(theirs.values(revoked_at=now).returning(CalendarFeed)).all()


def feed_by_token(session: Session, token_hash: bytes) -> CalendarFeed | None:
    """Return the feed that is read at a token, unless it is revoked."""
    return session.scalar(
        select(CalendarFeed).where(CalendarFeed.token_hash == token_hash, CalendarFeed.revoked_at.is_(None))
    )


def entries(
    session: Session, feed: CalendarFeed, since: datetime, until: datetime, *, now: datetime, limit: int
) -> Sequence[Entry]:
    """Return what a feed shows of the bookings that start between two moments and have a place, in order of start.

    Where there are more than *limit*, those that are over are left out first, the oldest before all.
    """
    rows = session.execute(
        select(Booking, Service.name, Business.name)
        .join(Service, Service.id == Booking.service_id)
        .join(Business, Business.id == Booking.business_id)
        .where(_shown_in(feed), Booking.starts_at >= since, Booking.starts_at < until)
        .where(Booking.status.in_(sorted(OCCUPYING)))
        .where(or_(Booking.hold_expires_at.is_(None), Booking.hold_expires_at > now))
        .order_by(Booking.ends_at < now, func.abs(extract("epoch", Booking.starts_at - now)), Booking.id)
        .limit(limit)
    )
    return sorted((Entry(*row) for row in rows), key=lambda each: (each.booking.starts_at, each.booking.id))


def _shown_in(feed: CalendarFeed) -> ColumnElement[bool]:
    if feed.business_id is None:
        return or_(made_by(feed.user_id), Booking.customer_id == feed.user_id)
    theirs = Booking.business_id == feed.business_id
    if feed.resource_id is None:
        return theirs
    of_resource = Booking.resources.contains([{"resource_id": str(feed.resource_id)}])
    return theirs & of_resource
