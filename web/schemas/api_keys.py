"""Shapes of API keys."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.accounts.rules import LONGEST_GRACE
from domain.accounts.service import Minted
from domain.accounts.tables import ApiKey
from web.answers import View
from web.fields import ApiKeyId, Name
from web.moments import Instant
from web.pagination import Listing
from web.parsing import Path, Schema

LONGEST_MINUTES = LONGEST_GRACE // timedelta(minutes=1)


class ApiKeyRequest(Schema):
    """A key to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Till at the door"}]})

    name: Annotated[Name, Field(description="What it is used for")]


class RotateRequest(Schema):
    """How the present key ends."""

    grace_minutes: Annotated[
        int, Field(ge=0, le=LONGEST_MINUTES, description="For how long the present key works beside the new one")
    ] = 0


class ApiKeyPath(Path):
    """Which key."""

    key_id: ApiKeyId


class ApiKeyView(View):
    """An API key, without its secret."""

    id: ApiKeyId
    object: Literal["api_key"] = "api_key"
    name: str
    plan: Annotated[str, Field(description="The account's: `free` or `paid`")]
    created_at: Instant
    last_used_at: Annotated[Instant | None, Field(description="To the minute")]
    expires_at: Annotated[Instant | None, Field(description="When a rotated key's grace is over; null: never")]

    @classmethod
    def of(cls, row: ApiKey, plan: str) -> "ApiKeyView":
        """Show a row, with the plan of its account."""
        return cls.model_validate(_shown(row, plan))


class NewApiKeyView(ApiKeyView):
    """An API key just made, with its secret, told this once."""

    key: Annotated[str, Field(description="Send it as `Authorization: Bearer <key>`; it is not told again")]

    @classmethod
    def of_minted(cls, minted: Minted, plan: str) -> "NewApiKeyView":
        """Show a new row and its key."""
        return cls.model_validate(_shown(minted.row, plan) | {"key": minted.key})


ApiKeyList = Listing[ApiKeyView]


def _shown(row: ApiKey, plan: str) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "plan": plan,
        "created_at": row.created_at,
        "last_used_at": row.last_used_at,
        "expires_at": row.expires_at,
    }
