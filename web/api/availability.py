"""Availability: what could be booked now."""

from flask import Response

from config.clock import clock
from config.transaction import reading
from domain.availability import service as availability_service
from web.answers import Answer
from web.openapi import noun, operation
from web.schemas.availability import SlotsQuery, SlotsView, slots_body

availability = noun("availability", "What could be booked now, computed afresh each time.")


@operation(
    availability.get,
    "",
    success={200: SlotsView},
    problems=("not_found", "unknown_timezone", "party_above_capacity", "resource_not_offered", "too_many_slots"),
)
def list_slots(query: SlotsQuery) -> Response:
    """List the slots of a service.

    Each of them can be booked, unless an earlier booking takes it first.
    """
    with reading() as session:
        prepared = availability_service.prepared(session, query.question(), now=clock())
    # With no connection in hand: others need it while this thinks.
    return Answer(status=200, body=slots_body(prepared.offered())).response()
