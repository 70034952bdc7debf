"""What people do with the links that they are mailed, and asking for those.

Asking tells nobody whether an address is registered: the answer is the same, and so is what is done before it.
"""

from flask import Response, request

from config.clock import clock
from config.links import account_keys
from config.transaction import Session, reading, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Purpose, Registration, password_hash
from domain.bookings import service as bookings
from domain.catalog import service as catalog
from domain.notifications import service as notifications
from domain.webhooks import service as webhooks
from web.answers import Answer, shown
from web.api.auth import auth
from web.auth import caller, public
from web.describing import IDEMPOTENCY_KEY
from web.idempotency import write
from web.languages import preferred
from web.limits import guessable
from web.openapi import operation
from web.schemas.account_links import (
    AccountLinkView,
    ForgotRequest,
    LinkRequest,
    NewcomerRequest,
    ResetRequest,
    TicketRequest,
)
from web.schemas.auth import TokenView
from web.schemas.members import MemberView
from web.sign_ins import trust_source

__all__ = ["auth"]


@operation(auth.post, "/password/forgot", success={202: None})
@public
@guessable
def forget_password(body: ForgotRequest) -> Response:
    """Ask for a link to choose another password. It is mailed if somebody has registered with that address.

    The answer does not tell. The mail is in the language that `Accept-Language` prefers, if there are words in it. The
    link is good for an hour, and once; an address is sent five an hour at most.
    """
    with transaction() as session:
        accounts.ask_for_reset(session, body.email, now=clock(), locale=preferred())
    return Answer(status=202).response()


@operation(auth.post, "/password/reset", success={204: None}, problems=("link_invalid",))
@public
@guessable
def reset_password(body: ResetRequest) -> Response:
    """Choose another password by a mailed link, and end every session.

    API keys and calendar feeds go on unless `end_access` is true, or this is the first proof of the address: somebody else
    may have made them. Where they end, the audit log tells what does not: memberships, and the open invitations and webhook
    endpoints that the account has made.
    """
    with reading() as session:
        token_id = accounts.reset_known(session, body.token, keys=account_keys(), now=clock())
    hashed = password_hash(body.password)
    with transaction() as session:
        reset = accounts.reset_password(session, token_id, hashed, ends_access=body.end_access, now=clock())
        if reset.ends_access:
            bookings.revoke_feeds_of(session, reset.user.id, reset.user.account_id, by=reset.by, now=clock())
            webhooks.tell_what_is_left(session, reset, now=clock())
    trust_source(reset.user.email)
    return Response(status=204)


@operation(auth.post, "/account-link", success={200: AccountLinkView}, problems=("link_invalid",))
@public
@guessable
def open_account_link(body: LinkRequest) -> Response:
    """Tell what a mailed link is for, and whether it is still good. It is not used up by that."""
    with reading() as session:
        found = accounts.opened_link(session, body.token, Purpose(body.purpose), keys=account_keys(), now=clock())
        name = catalog.business_name(session, found.business_id) if found.business_id else None
        locale = notifications.locale_of_business(session, found.business_id) if found.business_id else None
    return shown(AccountLinkView.of(found, business_name=name, locale=locale)).response()


@operation(auth.post, "/email/verify", success={204: None}, problems=("link_invalid",))
@public
@guessable
def verify_email(body: TicketRequest) -> Response:
    """Prove by a mailed link that mail to your address reaches you. Not for whoever has not registered here themselves."""
    with transaction() as session:
        accounts.verify_email(session, body.token, keys=account_keys(), now=clock())
    return Response(status=204)


@operation(auth.post, "/email/verification", success={202: None}, takes=(IDEMPOTENCY_KEY,))
def ask_for_verification() -> Response:
    """Have the link that proves your address mailed again, unless it is proven; five times an hour at most."""

    def work(session: Session) -> Answer:
        profile = accounts.profile(session, caller().user_id)
        accounts.ask_for_verification(session, profile, now=clock(), locale=preferred())
        return Answer(status=202)

    return write(work)


@operation(
    auth.post,
    "/invitations/accept",
    success={200: MemberView},
    problems=("session_required", "link_invalid", "invited_another", "already_member"),
    takes=(IDEMPOTENCY_KEY,),
)
@guessable
def accept_invitation(body: TicketRequest) -> Response:
    """Join a business by a mailed invitation, signed in with the address that it was sent to."""

    def work(session: Session) -> Answer:
        return shown(
            MemberView.of(accounts.accept(session, body.token, keys=account_keys(), caller=caller(), now=clock()))
        )

    return write(work)


@operation(auth.post, "/invitations/register", success={201: TokenView}, problems=("link_invalid", "email_taken"))
@public
@guessable
def register_invited(body: NewcomerRequest) -> Response:
    """Register with the address that an invitation was sent to, join the business, and be signed in."""
    with reading() as session:
        invitation = accounts.invited(session, body.token, keys=account_keys(), now=clock())
    new = Registration(
        email=invitation.email,
        password_hash=password_hash(body.password),
        name=body.name,
        user_agent=request.headers.get("User-Agent"),
    )
    with transaction() as session:
        grant = accounts.register_invited(session, invitation, new, now=clock())
    trust_source(new.email)
    return shown(TokenView.of(grant), status=201, headers={"Location": "/api/auth/me"}).response()
