"""Services: offer one, list a business's."""

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
from web.pagination import after, listed
from web.schemas.services import ServiceList, ServicePath, ServiceRequest, ServicesQuery, ServiceView

services = noun("services", "What is booked: how long, how often, for how many, at what price.")


@operation(
    services.post,
    "",
    success={201: ServiceView},
    problems=("not_found", "admins_only", "currency_mismatch", "unknown_currency"),
    takes=(IDEMPOTENCY_KEY,),
)
def create_service(body: ServiceRequest) -> Response:
    """Offer a service. For owners and admins of the business.

    Until resources are said to offer it, the business's default resource does.
    """

    def work(session: Session) -> Answer:
        service, currency = catalog.create_service(
            session, body.business_id, body.command(), caller=caller(), now=clock()
        )
        place = f"/api/services/{public_id(Kind.SERVICE, service.id)}"
        return shown(ServiceView.of(service, currency), status=201, headers={"Location": place})

    return write(work)


@operation(services.get, "", success={200: ServiceList}, problems=("not_found", "invalid_cursor"))
def list_services(query: ServicesQuery) -> Response:
    """List a business's services, in the order in which they were offered."""
    with transaction() as session:
        rows, currency = catalog.list_services(session, query.business_id, after=after(query), limit=query.limit + 1)
    return listed(query, rows, view=lambda row: ServiceView.of(row, currency), key=lambda row: [str(row.id)])


@operation(services.get, "/<service_id>", success={200: ServiceView})
def get_service(path: ServicePath) -> Response:
    """Show one service."""
    with transaction() as session:
        service, currency = catalog.service_of(session, path.service_id)
    return shown(ServiceView.of(service, currency)).response()
