"""Events: what has happened, to be followed without a gap."""

from flask import Response

from config.clock import clock
from config.transaction import transaction
from domain.catalog import service as catalog
from web.answers import Answer
from web.auth import caller
from web.openapi import noun, operation
from web.pagination import next_link
from web.schemas.events import EventList, EventsQuery

events = noun("events", "What has happened, in one order that never changes.")


@operation(
    events.get,
    "",
    success={200: EventList},
    problems=("not_found", "members_only", "invalid_cursor", "feed_restarted"),
)
def list_events(query: EventsQuery) -> Response:
    """List what has happened in a business, the oldest first. For its members.

    Keep `next_cursor` and send it as `after` to get what has happened since: nothing is missed and nothing comes
    twice. An event is here a moment after it happened, or later while a transaction is open that began before it.
    """
    after = query.position()
    with transaction() as session:
        page = catalog.events_of(
            session, query.business_id, after, kinds=query.types, limit=query.limit, caller=caller(), now=clock()
        )
    view = EventList.of(query, page)
    return Answer(
        status=200, body=view.dump(), headers=next_link("after", view.next_cursor) if page.more else {}
    ).response()
