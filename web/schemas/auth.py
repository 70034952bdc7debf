"""Shapes of signing up, in and out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.config import JsonDict

from domain.accounts.rules import ACCESS_LIFE, Grant, Profile
from web.answers import View
from web.auth import access_token
from web.fields import Email, Name, UserId, as_registered
from web.moments import Instant
from web.parsing import Schema

Password = Annotated[str, Field(min_length=8, max_length=1024, json_schema_extra={"format": "password"})]
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


class UserView(View):
    """A user, as they see themselves."""

    id: UserId
    object: Literal["user"] = "user"
    email: str
    name: str
    plan: Annotated[str, Field(description="`free` or `paid`")]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, profile: Profile) -> "UserView":
        """Show a profile."""
        return cls.model_validate(profile, from_attributes=True)


class TokenView(View):
    """A sign-in's tokens, told this once."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    expires_in: Annotated[int, Field(description="Seconds for which the access token is good")]
    user: UserView

    @classmethod
    def of(cls, grant: Grant) -> "TokenView":
        """Sign an access token and show it beside the refresh token."""
        return cls(
            access_token=access_token(grant.claims),
            refresh_token=grant.refresh_token,
            expires_in=int(ACCESS_LIFE.total_seconds()),
            user=UserView.of(grant.profile),
        )
