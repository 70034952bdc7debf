"""Businesses: open one, list them, look one up, change it, archive it; and its opening hours."""

from flask import Response

from config import mail
from config.clock import clock
from config.transaction import Session, reading, retried
from domain.availability.service import stranded
from domain.bookings import service as booking_service
from domain.catalog import service as catalog
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.notifications import service as notifications
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.businesses import (
    BusinessChanges,
    BusinessChangeView,
    BusinessesQuery,
    BusinessList,
    BusinessPath,
    BusinessRequest,
    BusinessView,
    NewBusinessView,
)
from web.versions import expected_versions

businesses = noun("businesses", "Who sells services. A new one has hours Monday to Friday 09:00 to 17:00.")


@operation(businesses.post, "", success={201: NewBusinessView}, problems=("slug_taken",), takes=(IDEMPOTENCY_KEY,))
def create_business(body: BusinessRequest) -> Response:
    """Open a business. The caller becomes its owner.

    Mail to people who have not proven their address waits until the caller has proven their own: `is_mail_held_back`.
    """

    def work(session: Session) -> Answer:
        business = catalog.create_business(session, body.command(), caller=caller(), now=clock())
        waits = mail.server() is not None and notifications.is_held_back(session, business.account_id)
        place = f"/api/businesses/{public_id(Kind.BUSINESS, business.id)}"
        view = NewBusinessView.opened(business, is_mail_held_back=waits)
        return shown(view, status=201, headers={"Location": place})

    return write(work)


@operation(businesses.get, "", success={200: BusinessList}, problems=("invalid_cursor",))
def list_businesses(query: BusinessesQuery) -> Response:
    """List businesses, in the order in which they were opened."""
    with reading() as session:
        rows = catalog.list_businesses(session, query.filters(), after=after(query), limit=query.limit + 1)
    return listed(query, rows, view=BusinessView.of, key=lambda row: [str(row.id)])


@operation(businesses.get, "/<slug>", success={200: BusinessView})
def get_business(path: BusinessPath) -> Response:
    """Show one business, by slug or by id. Its members see it also once it is archived."""
    with reading() as session:
        business = catalog.business_of(session, path.slug, member_of=caller().roles)
    return shown(BusinessView.of(business)).response()


@operation(
    businesses.patch,
    "/<slug>",
    success={200: BusinessChangeView},
    problems=(
        *("members_only", "admins_only", "archived", "stale_version", "slug_taken", "currency_in_use"),
        *("unknown_timezone", "unknown_currency"),
    ),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_business(path: BusinessPath, body: BusinessChanges) -> Response:
    """Change a business. For its owners and admins.

    Bookings keep their instants when the time zone changes; hours are read in the new one.
    """

    def work(session: Session) -> Answer:
        now, given = clock(), body.given()
        business = booking_service.change_business(
            session, path.slug, given, caller=caller(), now=now, versions=expected_versions()
        )
        count = stranded.outside_hours(session, business, None, now=now) if "timezone" in given else 0
        return shown(BusinessChangeView.after(business, count))

    return write(work)


@operation(
    businesses.delete,
    "/<slug>",
    success={200: BusinessChangeView},
    problems=("members_only", "owners_only", "stale_version"),
    takes=(IF_MATCH,),
)
def archive_business(path: BusinessPath) -> Response:
    """Archive a business: it is found by its members only, and nothing of it can be booked. For its owners.

    Its bookings stay as they are; cancel those that will not take place.
    """

    def work(session: Session) -> Answer:
        now = clock()
        business = catalog.archive_business(session, path.slug, caller=caller(), now=now, versions=expected_versions())
        return shown(BusinessChangeView.after(business, stranded.of_business(session, business.id, now=now)))

    return retried(work).response()
