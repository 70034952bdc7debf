"""Businesses: open one, list them, look one up."""

from flask import Response

from config.clock import clock
from config.transaction import Session, transaction
from domain.catalog import service as catalog
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import PageQuery, after, listed
from web.schemas.businesses import BusinessList, BusinessPath, BusinessRequest, BusinessView

businesses = noun("businesses", "Who sells services. A new one has hours Monday to Friday 09:00 to 17:00.")


@operation(businesses.post, "", success={201: BusinessView}, problems=("slug_taken",), takes=(IDEMPOTENCY_KEY,))
def create_business(body: BusinessRequest) -> Response:
    """Open a business. The caller becomes its owner."""

    def work(session: Session) -> Answer:
        business = catalog.create_business(session, body.command(), caller=caller(), now=clock())
        place = f"/api/businesses/{public_id(Kind.BUSINESS, business.id)}"
        return shown(BusinessView.of(business), status=201, headers={"Location": place})

    return write(work)


@operation(businesses.get, "", success={200: BusinessList}, problems=("invalid_cursor",))
def list_businesses(query: PageQuery) -> Response:
    """List businesses, in the order in which they were opened."""
    with transaction() as session:
        rows = catalog.list_businesses(session, after=after(query), limit=query.limit + 1)
    return listed(query, rows, view=BusinessView.of, key=lambda row: [str(row.id)])


@operation(businesses.get, "/<slug>", success={200: BusinessView})
def get_business(path: BusinessPath) -> Response:
    """Show one business, by slug or by id."""
    with transaction() as session:
        business = catalog.business_of(session, path.slug)
    return shown(BusinessView.of(business)).response()
