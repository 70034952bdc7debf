"""Services: offer one, list a business's, change one, archive it."""

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, retried
from domain.availability.service import stranded
from domain.bookings import service as booking_service
from domain.catalog import service as catalog
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.services import (
    ServiceChanges,
    ServiceChangeView,
    ServiceList,
    ServicePath,
    ServiceRequest,
    ServicesQuery,
    ServiceView,
)
from web.versions import required_versions

services = noun("services", "What is booked: how long, how often, for how many, at what price.")

PRICE_PROBLEMS = ("currency_mismatch", "unknown_currency", "deposit_above_price")
NEED_PROBLEMS = ("resource_in_two_roles", "one_resource_each")


@operation(
    services.post,
    "",
    success={201: ServiceView},
    problems=("not_found", "members_only", "admins_only", "archived", *PRICE_PROBLEMS, *NEED_PROBLEMS),
    takes=(IDEMPOTENCY_KEY,),
)
def create_service(body: ServiceRequest) -> Response:
    """Offer a service. For owners and admins of the business.

    Until resources are said to offer it, the business's default resource does. `requirements` say that it needs several
    resources at once, one for each role: a stylist and one of three chairs.
    """

    def work(session: Session) -> Answer:
        made = catalog.create_service(session, body.business_id, body.command(), caller=caller(), now=clock())
        place = f"/api/services/{public_id(Kind.SERVICE, made.service.id)}"
        return shown(ServiceView.of(made), status=201, headers={"Location": place})

    return write(work)


@operation(services.get, "", success={200: ServiceList}, problems=("not_found", "invalid_cursor"))
def list_services(query: ServicesQuery) -> Response:
    """List a business's services, in the order in which they were offered."""
    with reading() as session:
        rows = catalog.list_services(
            session, query.business_id, member_of=caller().roles, after=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=ServiceView.of, key=lambda row: [str(row.service.id)])


@operation(services.get, "/<service_id>", success={200: ServiceView})
def get_service(path: ServicePath) -> Response:
    """Show one service. Members of the business see it also once it is archived."""
    with reading() as session:
        found = catalog.service_of(session, path.service_id, member_of=caller().roles)
    return shown(ServiceView.of(found)).response()


@operation(
    services.patch,
    "/<service_id>",
    success={200: ServiceChangeView},
    problems=(
        *("members_only", "admins_only", "archived", "stale_version", "precondition_required"),
        *PRICE_PROBLEMS,
        *NEED_PROBLEMS,
        "booked_elsewhere",
    ),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_service(path: ServicePath, body: ServiceChanges) -> Response:
    """Change a service. For owners and admins of the business; `If-Match` is required.

    It holds for what is decided from then on. Bookings keep the length, the buffers, the price and the cancellation
    policy that they were made with, and those that have a place keep it,
    also where there are more of them than a lower capacity has seats for, or where their resources are not what it needs
    any more: `stranded_bookings` counts those. `requirements` are replaced as a whole.
    """

    def work(session: Session) -> Answer:
        now, given = clock(), body.given()
        changed = booking_service.change_service(
            session,
            path.service_id,
            given,
            caller=caller(),
            now=now,
            versions=required_versions(),
        )
        count = stranded.by_change(session, changed.service, given.keys(), now=now)
        return shown(ServiceChangeView.after(changed, count))

    return write(work)


@operation(
    services.delete,
    "/<service_id>",
    success={200: ServiceChangeView},
    problems=("members_only", "admins_only", "stale_version", "precondition_required"),
    takes=(IF_MATCH,),
)
def archive_service(path: ServicePath) -> Response:
    """Archive a service: it is offered no more. For owners and admins of the business; `If-Match` is required.

    Its bookings stay as they are; cancel those that will not take place.
    """

    def work(session: Session) -> Answer:
        now = clock()
        gone = catalog.archive_service(session, path.service_id, caller=caller(), now=now, versions=required_versions())
        count = stranded.of_service(session, gone.service.id, now=now)
        return shown(ServiceChangeView.after(gone, count))

    return retried(work).response()
