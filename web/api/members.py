"""Members of a business: who they are, and in which role. Anybody may leave; the last owner may not."""

from datetime import datetime
from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Joined, Membership
from domain.catalog import service as catalog
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import PageQuery, listed, position
from web.schemas.businesses import BusinessPath
from web.schemas.members import MemberList, MemberPath, MemberRequest, MemberView, RoleRequest
from web.versions import expected_versions

members = noun(
    "members",
    "Who works in a business: owners, admins and staff. Admins manage admins and staff, owners everybody.",
    place="businesses",
)

REFUSALS = ("members_only", "admins_only", "owners_only")


@operation(members.get, "/<slug>/members", success={200: MemberList}, problems=("members_only", "invalid_cursor"))
def list_members(path: BusinessPath, query: PageQuery) -> Response:
    """List a business's members, in the order in which they joined. For members."""
    with reading() as session:
        business_id = _business(session, path)
        rows = accounts.list_members(session, business_id, caller=caller(), after=_after(query), limit=query.limit + 1)
    return listed(query, rows, view=MemberView.of, key=lambda row: [row.created_at.isoformat(), str(row.user_id)])


@operation(members.get, "/<slug>/members/<user_id>", success={200: MemberView}, problems=("members_only",))
def get_member(path: MemberPath) -> Response:
    """Show one member. For members."""
    with reading() as session:
        business_id = _business(session, path)
        found = accounts.member_of(session, business_id, path.user_id, caller=caller())
    return shown(MemberView.of(found)).response()


@operation(
    members.post,
    "/<slug>/members",
    success={201: MemberView},
    problems=(*REFUSALS, "session_required", "unknown_user", "unproven_address", "already_member"),
    takes=(IDEMPOTENCY_KEY,),
)
def add_member(path: BusinessPath, body: MemberRequest) -> Response:
    """Make a registered user a member. For admins; only owners make owners, and an API key makes none but staff."""

    def work(session: Session) -> Answer:
        business_id = _business(session, path)
        added = accounts.add_member(session, business_id, body.email, body.role, caller=caller(), now=clock())
        return shown(MemberView.of(added), status=201, headers={"Location": _place(added)})

    return write(work)


@operation(
    members.patch,
    "/<slug>/members/<user_id>",
    success={200: MemberView},
    problems=(*REFUSALS, "session_required", "last_owner", "stale_version"),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_member(path: MemberPath, body: RoleRequest) -> Response:
    """Give a member another role. For admins; only owners give or take away ownership, and an API key gives none but staff."""

    def work(session: Session) -> Answer:
        business_id = _business(session, path)
        changed = accounts.change_member(
            session,
            business_id,
            path.user_id,
            body.role,
            caller=caller(),
            now=clock(),
            versions=expected_versions(),
        )
        return shown(MemberView.of(changed))

    return write(work)


@operation(
    members.delete,
    "/<slug>/members/<user_id>",
    success={204: None},
    problems=(*REFUSALS, "last_owner", "stale_version"),
    takes=(IF_MATCH,),
)
def remove_member(path: MemberPath) -> Response:
    """Remove a member, or leave. For admins, and for owners where an owner goes; anybody may leave."""
    with transaction() as session:
        business_id = _business(session, path)
        accounts.remove_member(
            session, business_id, path.user_id, caller=caller(), now=clock(), versions=expected_versions()
        )
    return Response(status=204)


def _business(session: Session, path: BusinessPath) -> UUID:
    """Return the business, to its members also once it is archived."""
    return catalog.business_of(session, path.slug, member_of=caller().roles).id


def _after(query: PageQuery) -> Joined | None:
    found = position(query)
    return Joined(datetime.fromisoformat(str(found[0])), UUID(str(found[1]))) if found else None


def _place(member: Membership) -> str:
    business, user = public_id(Kind.BUSINESS, member.business_id), public_id(Kind.USER, member.user_id)
    return f"/api/businesses/{business}/members/{user}"
