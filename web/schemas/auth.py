"""Shapes of signing up, in and out."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.config import JsonDict

from domain.accounts.rules import ACCESS_LIFE, Grant, KeyClaims, Profile, Role
from domain.accounts.tables import SignIn
from web.answers import View
from web.auth import access_token
from web.fields import BusinessId, Email, Name, SessionId, UserId, as_registered
from web.moments import Instant
from web.pagination import Listing
from web.parsing import Path, Schema

Password = Annotated[str, Field(min_length=8, max_length=1024, json_schema_extra={"format": "password"})]
LIFE_SECONDS = int(ACCESS_LIFE.total_seconds())
ADA: JsonDict = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada Obi"}


class RegisterRequest(Schema):
    """A user to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [ADA]})

    email: Email
    password: Password
    name: Name


class LoginRequest(Schema):
    """Who signs in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{k: ADA[k] for k in ("email", "password")}]})

    email: Annotated[str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(as_registered)]
    password: Annotated[str, Field(max_length=1024, json_schema_extra={"format": "password"})]


class RefreshRequest(Schema):
    """The refresh token to be exchanged; each works once."""

    refresh_token: Annotated[str, Field(max_length=128)]


class KeyRequest(Schema):
    """The API key to be exchanged."""

    api_key: Annotated[str, Field(max_length=128, examples=["key_01k5e2v8x3q7m9n4p6r0s2t4w6_" + "x" * 43])]


class MeRequest(Schema):
    """What a user may change of themselves."""

    name: Name


class PasswordRequest(Schema):
    """A new password, and the proof that it is its user who changes it."""

    current_password: Annotated[str, Field(max_length=1024, json_schema_extra={"format": "password"})]
    new_password: Password


class UserView(View):
    """A user, as they see themselves."""

    id: UserId
    object: Literal["user"] = "user"
    email: str
    email_verified_at: Annotated[Instant | None, Field(description="When they showed that they get mail there")]
    name: str
    plan: Annotated[str, Field(description="`free` or `paid`")]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, profile: Profile) -> "UserView":
        """Show a profile."""
        return cls.model_validate(profile, from_attributes=True)


class MembershipView(View):
    """What a user is to a business."""

    business_id: BusinessId
    role: Role


class MeView(UserView):
    """A user, as they see themselves, with the businesses that they work in."""

    memberships: tuple[MembershipView, ...]

    @classmethod
    def of_caller(cls, profile: Profile, roles: Mapping[UUID, Role]) -> "MeView":
        """Show a profile, with the roles of its user, in the order in which the businesses were opened."""
        held = tuple(MembershipView(business_id=each, role=roles[each]) for each in sorted(roles))
        return cls(**dict(UserView.of(profile)), memberships=held)


class AccessView(View):
    """An access token, told this once."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    expires_in: Annotated[int, Field(description="Seconds for which the access token is good")]
    user: UserView

    @classmethod
    def of_key(cls, claims: KeyClaims, profile: Profile) -> "AccessView":
        """Sign an access token that ends with its API key."""
        return cls(access_token=access_token(claims), expires_in=LIFE_SECONDS, user=UserView.of(profile))


class TokenView(AccessView):
    """A sign-in's tokens, told this once."""

    refresh_token: str

    @classmethod
    def of(cls, grant: Grant) -> "TokenView":
        """Sign an access token and show it beside the refresh token."""
        return cls(
            access_token=access_token(grant.claims),
            refresh_token=grant.refresh_token,
            expires_in=LIFE_SECONDS,
            user=UserView.of(grant.profile),
        )


class SessionPath(Path):
    """Which session."""

    session_id: SessionId


class SessionView(View):
    """A session: one sign-in, as its user sees it."""

    id: SessionId
    object: Literal["session"] = "session"
    current: Annotated[bool, Field(description="Whether this request was made in it")]
    user_agent: Annotated[str | None, Field(description="What signed in, by its own account")]
    created_at: Instant
    expires_at: Annotated[Instant, Field(description="When it ends unless its refresh token is used before")]

    @classmethod
    def of(cls, row: SignIn, current: UUID) -> "SessionView":
        """Show a row to whoever acts in the session *current*."""
        return cls(
            id=row.id,
            current=row.id == current,
            user_agent=row.user_agent,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


SessionList = Listing[SessionView]
