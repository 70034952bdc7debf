"""Resources: add one, list a business's, change one, archive it."""

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, retried
from domain.availability.service import stranded
from domain.catalog import service as catalog
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.resources import (
    ResourceChanges,
    ResourceChangeView,
    ResourceList,
    ResourcePath,
    ResourceRequest,
    ResourcesQuery,
    ResourceView,
)
from web.versions import expected_versions

resources = noun("resources", "What is occupied: a person, a room, a chair. A business begins with one, itself.")


@operation(
    resources.post,
    "",
    success={201: ResourceChangeView},
    problems=("not_found", "members_only", "admins_only", "archived", "not_a_member", "role_needed"),
    takes=(IDEMPOTENCY_KEY,),
)
def create_resource(body: ResourceRequest) -> Response:
    """Add a resource. For owners and admins of the business.

    What it is said to offer, the business's default resource offers no more, unless that was said of it too.
    """

    def work(session: Session) -> Answer:
        now = clock()
        made = catalog.create_resource(session, body.business_id, body.command(), caller=caller(), now=now)
        place = f"/api/resources/{public_id(Kind.RESOURCE, made.offering.resource.id)}"
        count = stranded.not_offered(session, made.service_ids, now=now)
        return shown(ResourceChangeView.after(made.offering, count), status=201, headers={"Location": place})

    return write(work)


@operation(resources.get, "", success={200: ResourceList}, problems=("not_found", "invalid_cursor"))
def list_resources(query: ResourcesQuery) -> Response:
    """List a business's resources, or those that offer a service, in the order in which they were added."""
    member_of = caller().roles
    with reading() as session:
        rows = catalog.list_resources(
            session,
            query.business_id,
            service_id=query.service_id,
            member_of=member_of,
            after=after(query),
            limit=query.limit + 1,
        )
    return listed(
        query,
        rows,
        view=lambda row: ResourceView.of(row, member_of=member_of),
        key=lambda row: [str(row.resource.id)],
    )


@operation(resources.get, "/<resource_id>", success={200: ResourceView})
def get_resource(path: ResourcePath) -> Response:
    """Show one resource. Members of the business see it also once it is archived."""
    member_of = caller().roles
    with reading() as session:
        found = catalog.resource_of(session, path.resource_id, member_of=member_of)
    return shown(ResourceView.of(found, member_of=member_of)).response()


@operation(
    resources.patch,
    "/<resource_id>",
    success={200: ResourceChangeView},
    problems=("members_only", "admins_only", "archived", "stale_version", "not_a_member", "role_needed"),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_resource(path: ResourcePath, body: ResourceChanges) -> Response:
    """Change a resource, or what it offers. For owners and admins of the business.

    What it is to a service that needs several resources at once is said on the service, in its `requirements`.
    """

    def work(session: Session) -> Answer:
        now = clock()
        done = catalog.change_resource(
            session, path.resource_id, body.given(), caller=caller(), now=now, versions=expected_versions()
        )
        count = stranded.not_offered(session, done.service_ids, now=now)
        return shown(ResourceChangeView.after(done.offering, count))

    return write(work)


@operation(
    resources.delete,
    "/<resource_id>",
    success={200: ResourceChangeView},
    problems=("members_only", "admins_only", "archived", "stale_version", "default_resource_needed"),
    takes=(IF_MATCH,),
)
def archive_resource(path: ResourcePath) -> Response:
    """Archive a resource: it serves no more. For owners and admins of the business.

    Its bookings stay as they are. What nobody else is said to offer is offered by nobody then; the default resource does
    not step in. The default resource can be archived once every service is said to be offered by another.
    """

    def work(session: Session) -> Answer:
        now = clock()
        gone = catalog.archive_resource(
            session, path.resource_id, caller=caller(), now=now, versions=expected_versions()
        )
        return shown(ResourceChangeView.after(gone, stranded.of_resource(session, gone.resource.id, now=now)))

    return retried(work).response()
