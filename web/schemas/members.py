"""Shapes of membership."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.accounts.rules import Membership, Role
from web.answers import View
from web.fields import BusinessId, Email, UserId
from web.moments import Instant
from web.pagination import Listing
from web.parsing import Schema
from web.schemas.businesses import BusinessPath

RoleField = Annotated[Role, Field(strict=False)]


class MemberRequest(Schema):
    """Who becomes a member, and as what."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "bo@example.com", "role": "staff"}]})

    email: Annotated[Email, Field(description="Of somebody who has registered")]
    role: RoleField


class RoleRequest(Schema):
    """What a member becomes."""

    role: RoleField


class MemberPath(BusinessPath):
    """Which member of which business."""

    user_id: UserId


class MemberView(View):
    """A user's place in a business, as its members see it."""

    object: Literal["member"] = "member"
    business_id: BusinessId
    user_id: UserId
    email: str
    name: str
    role: Role
    version: int
    created_at: Annotated[Instant, Field(description="When they joined")]
    updated_at: Instant

    @classmethod
    def of(cls, membership: Membership) -> "MemberView":
        """Show a membership."""
        return cls.model_validate(membership, from_attributes=True)


MemberList = Listing[MemberView]
