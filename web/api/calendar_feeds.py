"""Calendar feeds: private addresses for calendars."""

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, transaction
from domain.bookings import service as booking_service
from domain.bookings.service import NewFeed
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, told_once
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import PageQuery, after, listed
from web.schemas.calendar_feeds import (
    CalendarFeedList,
    CalendarFeedPath,
    CalendarFeedRequest,
    CalendarFeedView,
    NewCalendarFeedView,
)

calendar_feeds = noun(
    "calendar-feeds",
    "Private addresses at which calendars read bookings. Managing them needs a sign-in: a key cannot make what outlives it.",
)


@operation(
    calendar_feeds.post,
    "",
    success={201: NewCalendarFeedView},
    problems=(
        *("session_required", "not_found", "members_only", "admins_only", "own_resources_only"),
        "too_many_calendar_feeds",
    ),
    takes=(IDEMPOTENCY_KEY,),
)
def create_calendar_feed(body: CalendarFeedRequest) -> Response:
    """Make a feed of a resource, of a business, or of your own bookings. Its address is told this once.

    It shows what you may see when it is read: once you serve there no more, it is gone.
    """

    def work(session: Session) -> Answer:
        made = booking_service.create_feed(
            session,
            business_id=body.business_id,
            resource_id=body.resource_id,
            name=body.name,
            caller=caller(),
            now=clock(),
        )
        return _told(made)

    return write(work)


@operation(calendar_feeds.get, "", success={200: CalendarFeedList}, problems=("session_required", "invalid_cursor"))
def list_calendar_feeds(query: PageQuery) -> Response:
    """List your feeds, without their addresses, in the order of their making."""
    with reading() as session:
        rows = booking_service.list_feeds(session, caller=caller(), after=after(query), limit=query.limit + 1)
    return listed(query, rows, view=CalendarFeedView.of, key=lambda row: [str(row.id)])


@operation(
    calendar_feeds.post,
    "/<feed_id>/rotate",
    success={201: NewCalendarFeedView},
    problems=("session_required",),
    takes=(IDEMPOTENCY_KEY,),
)
def rotate_calendar_feed(path: CalendarFeedPath) -> Response:
    """Give a feed another address; at the one of before nothing is read any more."""
    return write(
        lambda session: _told(booking_service.rotate_feed(session, path.feed_id, caller=caller(), now=clock()))
    )


@operation(calendar_feeds.delete, "/<feed_id>", success={204: None}, problems=("session_required",))
def revoke_calendar_feed(path: CalendarFeedPath) -> Response:
    """End a feed, at once."""
    with transaction() as session:
        booking_service.revoke_feed(session, path.feed_id, caller=caller(), now=clock())
    return Response(status=204)


def _told(made: NewFeed) -> Answer:
    place = f"/api/calendar-feeds/{public_id(Kind.CALENDAR_FEED, made.row.id)}"
    return told_once(NewCalendarFeedView.of_new(made), headers={"Location": place})
