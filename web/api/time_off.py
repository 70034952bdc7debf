"""Time off: enter it, list it, change it, take it back."""

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, retried
from domain.availability.service import stranded
from domain.catalog import service as catalog
from domain.catalog.service import Place
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.time_off import (
    TimeOffChanges,
    TimeOffChangeView,
    TimeOffList,
    TimeOffPath,
    TimeOffQuery,
    TimeOffRequest,
    TimeOffView,
)
from web.versions import expected_versions

time_off = noun("time-off", "When a resource or a whole business is closed, beside its hours. For members.")

REFUSALS = ("members_only", "admins_only", "own_resources_only", "archived")


@operation(
    time_off.post,
    "",
    success={201: TimeOffChangeView},
    problems=("not_found", *REFUSALS, "time_off_length"),
    takes=(IDEMPOTENCY_KEY,),
)
def create_time_off(body: TimeOffRequest) -> Response:
    """Close a resource or a whole business for a while.

    For owners and admins of the business, and for staff whose own the resource is. Bookings within it stay as they are;
    `stranded_bookings` counts them.
    """

    def work(session: Session) -> Answer:
        now = clock()
        made = catalog.create_time_off(session, _place(session, body), body.command(), caller=caller(), now=now)
        place = f"/api/time-off/{public_id(Kind.TIME_OFF, made.id)}"
        count = stranded.during(session, made, now=now)
        return shown(TimeOffChangeView.after(made, count), status=201, headers={"Location": place})

    return write(work)


@operation(time_off.get, "", success={200: TimeOffList}, problems=("not_found", "members_only", "invalid_cursor"))
def list_time_off(query: TimeOffQuery) -> Response:
    """List a business's time off, in the order in which it was entered. For members."""
    with reading() as session:
        rows = catalog.list_time_off(
            session,
            query.business_id,
            query.filters(),
            caller=caller(),
            after=after(query),
            limit=query.limit + 1,
        )
    return listed(query, rows, view=TimeOffView.of, key=lambda row: [str(row.id)])


@operation(time_off.get, "/<time_off_id>", success={200: TimeOffView})
def get_time_off(path: TimeOffPath) -> Response:
    """Show time off. For members of the business; to others it is not there."""
    with reading() as session:
        found = catalog.time_off_of(session, path.time_off_id, member_of=caller().roles)
    return shown(TimeOffView.of(found)).response()


@operation(
    time_off.patch,
    "/<time_off_id>",
    success={200: TimeOffChangeView},
    problems=(*REFUSALS, "stale_version", "time_off_length"),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_time_off(path: TimeOffPath, body: TimeOffChanges) -> Response:
    """Change when time off begins or ends, or its reason. For those who may enter it."""

    def work(session: Session) -> Answer:
        now = clock()
        done = catalog.change_time_off(
            session, path.time_off_id, body.given(), caller=caller(), now=now, versions=expected_versions()
        )
        return shown(TimeOffChangeView.after(done, stranded.during(session, done, now=now)))

    return write(work)


@operation(
    time_off.delete,
    "/<time_off_id>",
    success={204: None},
    problems=(*REFUSALS, "stale_version"),
    takes=(IF_MATCH,),
)
def delete_time_off(path: TimeOffPath) -> Response:
    """Take time off back. For those who may enter it."""

    def work(session: Session) -> Answer:
        catalog.delete_time_off(session, path.time_off_id, caller=caller(), now=clock(), versions=expected_versions())
        return Answer(status=204)

    return retried(work).response()


def _place(session: Session, body: TimeOffRequest) -> Place:
    if body.resource_id is not None:
        return catalog.of_resource(session, body.resource_id, member_of=caller().roles)
    assert body.business_id is not None  # noqa: S101 - the validator has seen to it
    return catalog.of_business(session, public_id(Kind.BUSINESS, body.business_id), member_of=caller().roles)
