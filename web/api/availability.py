"""Availability: what could be booked now, and why something could not."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Response

from config.clock import clock
from config.transaction import Session, reading
from domain.accounts.rules.errors import BookingOnly
from domain.availability import service as availability_service
from domain.availability.rules.errors import TooManySlots
from domain.availability.service import Asked, Explained, Prepared, Upcoming
from domain.bookings import service as booking_service
from domain.kernel.errors import DomainError
from web.answers import shown
from web.auth import caller, for_guests
from web.describing import IF_CHANGED
from web.freshness import Fresh, made_of, told, unchanged
from web.openapi import noun, operation
from web.problems import Fault, Refusal
from web.schemas.availability import AvailabilityView, alternatives, days_body, slots_body
from web.schemas.availability_queries import AvailabilityQuery, ExplainQuery, SlotsQuery
from web.schemas.explanations import ExplanationView, explanation

availability = noun("availability", "What could be booked now, computed afresh each time.")

COUNT = 10
OF_NEXT = re.compile("[1-9]n[0-9a-f]{32}")
"""What answers of `view=next` are made of: how many pages, and which."""
PROBLEMS = (
    *("not_found", "party_above_capacity", "resource_not_offered", "asked_for_no_more"),
    *("still_pending", "not_reschedulable"),
)


@operation(
    availability.get,
    "",
    success={200: AvailabilityView, 304: None},
    problems=("booking_only", "unknown_timezone", "too_many_slots", *PROBLEMS),
    takes=(IF_CHANGED,),
)
@for_guests
def list_slots(query: SlotsQuery) -> Response:
    """List the slots of a service: what could be booked now.

    Each of them can be booked, unless an earlier booking takes it first. `view=days` says which dates have any,
    `view=next` finds the first ones from now on, however far ahead. The `ETag` changes with anything that the answer
    depends on: ask again with `If-None-Match` as often as you like, and keep nothing without asking.
    """
    now = clock()
    if query.view == "next":
        return _next(query, now)
    with reading() as session:
        prepared = availability_service.prepared(session, _asked(session, query, now), query.dates(), now=now)
    # With no connection in hand: others need it while this thinks.
    facts = query.told_of(prepared.fingerprint())
    return unchanged(facts, int(now.timestamp())) or told(facts, _fresh(query, prepared))


@operation(
    availability.get,
    "/explain",
    success={200: ExplanationView},
    problems=(*PROBLEMS, "nonexistent_local_time", "ambiguous_local_time"),
)
def explain_start(query: ExplainQuery) -> Response:
    """Explain whether a start can be booked now, and if not, why.

    `rejection` is what a booking would be told. `requirements` say, role by role and resource by resource, every rule
    that is against it, with the bookings in the way that you may see; members of the business see the time off too.
    """
    now = clock()
    with reading() as session:
        asked = _asked(session, query, now)
        explained = availability_service.explain(session, asked, query.start(), now=now)
        view = explanation(
            explained,
            booking_ids=booking_service.visible(session, explained.booking_ids, caller=caller()),
            time_off_ids=explained.time_off_ids if caller().is_member(explained.service.business_id) else (),
            alternatives=_alternatives(session, asked, explained, now),
        )
    return shown(view).response()


def _next(query: SlotsQuery, now: datetime) -> Response:
    count = query.limit or COUNT
    now_s = int(now.timestamp())
    with reading() as session:
        search = Upcoming(session, _asked(session, query, now), count, query.first, now=now)
        # As far as was read for what the caller has, so that nothing is thought about before that is compared.
        same = unchanged(_made_of(query, search), now_s)
        for pages in sorted({int(known[0]) for known in made_of(OF_NEXT)}):
            if not same:
                search.read_up_to(session, pages)
                same = unchanged(_made_of(query, search), now_s)
    if same:
        return same
    while _look(search):
        with reading() as session:
            search.read_on(session)
    facts = _made_of(query, search)
    return unchanged(facts, now_s) or told(facts, _fresh(query, search))


def _look(search: Upcoming) -> bool:
    try:
        return search.look()
    except TooManySlots as error:
        place = Fault("?resource_id", error.code, "Even one date is too much to look through; ask for some resources.")
        raise Refusal(error.code, place.detail, errors=[place]) from None


def _made_of(query: SlotsQuery, search: Upcoming) -> str:
    return f"{search.pages}n{query.told_of(search.fingerprint())}"


def _asked(session: Session, query: AvailabilityQuery, now: datetime) -> Asked:
    moving, only = query.reschedule_of, caller().booking_id
    if only and moving != only:
        raise BookingOnly
    booking = booking_service.to_be_moved(session, moving, caller=caller(), now=now) if moving else None
    return query.asked(booking, query.timezone if isinstance(query, SlotsQuery) else None)


def _fresh(query: SlotsQuery, found: Prepared | Upcoming) -> Fresh:
    offered = found.offered()
    body = days_body(offered) if query.view == "days" else slots_body(offered, query.include)
    return Fresh(body, found.good_until(offered))


def _alternatives(session: Session, asked: Asked, explained: Explained, now: datetime) -> Sequence[dict[str, Any]]:
    if explained.refusal is None:
        return ()
    with suppress(DomainError):  # more than can be looked through: the refusal stands
        return alternatives(availability_service.alternatives(session, asked, explained.starts_at, now=now))
    return ()
