"""Shapes of what is done with the links of mails: reset a password, prove an address, join a business."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.accounts.rules import InvitationState, Role, state_of
from domain.accounts.rules.tokens import Link
from domain.accounts.tables import AccountToken
from web.answers import View
from web.fields import BusinessId, Email, InvitationId, Name, UserId
from web.moments import Instant
from web.pagination import Listing
from web.parsing import Schema
from web.schemas.auth import Password
from web.schemas.businesses import BusinessPath
from web.schemas.members import RoleField

EXAMPLE = "act_01k5e2v8x3q7m9n4p6r0s2t4w6_" + "x" * 43
PurposeName = Literal["verify_email", "reset_password", "invitation"]
Ticket = Annotated[str, Field(max_length=128, description="What the mail's link carries", examples=[EXAMPLE])]


class ForgotRequest(Schema):
    """Whose password was forgotten."""

    email: Email


class ResetRequest(Schema):
    """Another password in place of the forgotten one."""

    token: Ticket
    password: Password
    end_access: Annotated[
        bool,
        Field(
            description="End the account's API keys and calendar feeds, too. They do if the address was not proven before"
        ),
    ] = False


class TicketRequest(Schema):
    """The token of a link."""

    token: Ticket


class LinkRequest(TicketRequest):
    """The token of a link, and which one it is."""

    purpose: Annotated[PurposeName, Field(description="As the address of the link has it, before the token")]


class AccountLinkView(View):
    """What a link is for."""

    object: Literal["account_link"] = "account_link"
    purpose: PurposeName
    email: str
    expires_at: Instant
    business_name: Annotated[str | None, Field(description="Of an invitation")]
    locale: Annotated[
        str | None, Field(description="In which the business writes, of an invitation", examples=["ar-EG"])
    ]
    role: Annotated[Role | None, Field(description="Of an invitation")]
    invited_by: Annotated[str | None, Field(description="Their name, of an invitation")]

    @classmethod
    def of(cls, link: Link, *, business_name: str | None, locale: str | None) -> "AccountLinkView":
        """Show a link without its ticket, which whoever asks has."""
        own = {name: getattr(link, name) for name in cls.model_fields if hasattr(link, name)}
        business = {"business_name": business_name, "locale": locale}
        return cls.model_validate(own | {"purpose": link.purpose.value} | business)


class NewcomerRequest(Schema):
    """Who registers by an invitation, with the address that it was sent to."""

    token: Ticket
    password: Password
    name: Name


class InvitationRequest(Schema):
    """Who is invited, and as what."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "bo@example.com", "role": "staff"}]})

    email: Annotated[Email, Field(description="Of anybody, registered or not")]
    role: RoleField


class InvitationPath(BusinessPath):
    """Which invitation of which business."""

    invitation_id: InvitationId


class InvitationView(View):
    """An address that was asked to join a business, and what became of it."""

    id: InvitationId
    object: Literal["invitation"] = "invitation"
    business_id: BusinessId
    email: str
    role: Role
    state: InvitationState
    invited_by: UserId
    created_at: Instant
    expires_at: Instant

    @classmethod
    def of(cls, row: AccountToken, *, now: datetime) -> "InvitationView":
        """Show a row as it reads at *now*."""
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        state = state_of(used_at=row.used_at, revoked_at=row.revoked_at, expires_at=row.expires_at, now=now)
        return cls.model_validate(own | {"state": state})


InvitationList = Listing[InvitationView]
