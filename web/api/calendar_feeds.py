"""Calendar feeds: private addresses for calendars. A new one's answer holds it, so none is stored under an Idempotency-Key."""

from flask import Response

from config.clock import clock
from config.transaction import reading, transaction
from domain.bookings import service as booking_service
from domain.bookings.service import NewFeed
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import shown
from web.auth import caller
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
    "Private addresses at which calendars read bookings. Managing them needs a sign-in: a key cannot make what outlives "
    "it. An `Idempotency-Key` is ignored here; whoever missed an answer finds the feed in the list, and rotates it.",
)


@operation(
    calendar_feeds.post,
    "",
    success={201: NewCalendarFeedView},
    problems=("session_required", "not_found", "members_only", "admins_only", "own_resources_only"),
)
def create_calendar_feed(body: CalendarFeedRequest) -> Response:
    """Make a feed of a resource, of a business, or of your own bookings. Its address is told this once.

    It shows what you may see when it is read: once you serve there no more, it is gone.
    """
    with transaction() as session:
        made = booking_service.create_feed(
            session,
            business_id=body.business_id,
            resource_id=body.resource_id,
            name=body.name,
            caller=caller(),
            now=clock(),
        )
    return _told(made)


@operation(calendar_feeds.get, "", success={200: CalendarFeedList}, problems=("session_required", "invalid_cursor"))
def list_calendar_feeds(query: PageQuery) -> Response:
    """List your feeds, without their addresses, in the order of their making."""
    with reading() as session:
        rows = booking_service.list_feeds(session, caller=caller(), after=after(query), limit=query.limit + 1)
    return listed(query, rows, view=CalendarFeedView.of, key=lambda row: [str(row.id)])


@operation(calendar_feeds.post, "/<feed_id>/rotate", success={201: NewCalendarFeedView}, problems=("session_required",))
def rotate_calendar_feed(path: CalendarFeedPath) -> Response:
    """Give a feed another address; at the one of before nothing is read any more."""
    with transaction() as session:
        made = booking_service.rotate_feed(session, path.feed_id, caller=caller(), now=clock())
    return _told(made)


@operation(calendar_feeds.delete, "/<feed_id>", success={204: None}, problems=("session_required",))
def revoke_calendar_feed(path: CalendarFeedPath) -> Response:
    """End a feed, at once."""
    with transaction() as session:
        booking_service.revoke_feed(session, path.feed_id, caller=caller(), now=clock())
    return Response(status=204)


def _told(made: NewFeed) -> Response:
    place = f"/api/calendar-feeds/{public_id(Kind.CALENDAR_FEED, made.row.id)}"
    return shown(NewCalendarFeedView.of_new(made), status=201, headers={"Location": place}).response()
