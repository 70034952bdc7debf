"""Invitations: addresses that are asked to join a business, whether or not anybody has registered with them."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, transaction
from domain.accounts import service as accounts
from domain.catalog import service as catalog
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY
from web.idempotency import write
from web.openapi import noun, operation
from web.pagination import PageQuery, after, listed
from web.schemas.account_links import InvitationList, InvitationPath, InvitationRequest, InvitationView
from web.schemas.businesses import BusinessPath

invitations = noun("invitations", "Addresses that are asked to join a business.", place="businesses")


@operation(
    invitations.post,
    "/<slug>/invitations",
    success={201: InvitationView},
    problems=(
        "members_only",
        "admins_only",
        "owners_only",
        "session_required",
        "already_member",
        "too_many_invitations",
    ),
    takes=(IDEMPOTENCY_KEY,),
)
def invite(path: BusinessPath, body: InvitationRequest) -> Response:
    """Invite an address, which gets a mail with a link that is good for a week. For admins; only owners invite owners.

    It takes the place of an earlier invitation of the same address. It is worth what you may give when it is accepted.
    """

    def work(session: Session) -> Answer:
        business_id, now = _business(session, path), clock()
        made = accounts.invite(session, business_id, body.email, body.role, caller=caller(), now=now)
        place = f"/api/businesses/{public_id(Kind.BUSINESS, business_id)}/invitations"
        return shown(InvitationView.of(made, now=now), status=201, headers={"Location": place})

    return write(work)


@operation(
    invitations.get,
    "/<slug>/invitations",
    success={200: InvitationList},
    problems=("members_only", "admins_only", "invalid_cursor"),
)
def list_invitations(path: BusinessPath, query: PageQuery) -> Response:
    """List a business's invitations, the newest first, whatever became of them; a month after their end they are gone.

    For admins.
    """
    now = clock()
    with reading() as session:
        rows = accounts.invitations(
            session, _business(session, path), caller=caller(), before=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=lambda row: InvitationView.of(row, now=now), key=lambda row: [str(row.id)])


@operation(
    invitations.delete,
    "/<slug>/invitations/<invitation_id>",
    success={204: None},
    problems=("members_only", "admins_only", "owners_only"),
)
def revoke_invitation(path: InvitationPath) -> Response:
    """Take back an invitation; its link stops working at once. For admins; only owners take back an owner's."""
    with transaction() as session:
        accounts.revoke_invitation(session, _business(session, path), path.invitation_id, caller=caller(), now=clock())
    return Response(status=204)


def _business(session: Session, path: BusinessPath) -> UUID:
    """Return the business, to its members also once it is archived."""
    return catalog.business_of(session, path.slug, member_of=caller().roles).id
