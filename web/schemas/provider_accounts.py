"""Shapes of a business's own accounts at payment providers."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.payments.service import GivenKeys
from domain.payments.tables import ProviderAccount
from web.answers import View
from web.fields import ProviderAccountId
from web.moments import Instant
from web.pagination import Listing
from web.parsing import Schema
from web.schemas.businesses import BusinessPath

Key = Annotated[str, StringConstraints(pattern=r"^(sk|rk)_(test|live)_[!-~]{3,250}$")]
PublicKey = Annotated[str, StringConstraints(pattern=r"^pk_(test|live)_[!-~]{3,250}$")]
Signing = Annotated[str, StringConstraints(pattern=r"^[!-~]{4,250}$")]


class KeysRequest(Schema):
    """The keys that a provider gave the business. They are kept encrypted, and never shown again."""

    secret_key: Annotated[Key, Field(description="`sk_live_…`, `sk_test_…`, or one of Stripe's restricted keys")]
    public_key: Annotated[PublicKey, Field(description="`pk_live_…` or `pk_test_…`")]
    webhook_secrets: Annotated[
        list[Signing],
        Field(
            default_factory=list,
            max_length=5,
            description="Stripe's signing secrets `whsec_…`, any of which is good; left out, those of before are kept. "
            "Paystack signs with the secret key, which is good without being named",
        ),
    ]

    @model_validator(mode="after")
    def _of_one_mode(self) -> "KeysRequest":
        if self.secret_key.split("_")[1] != self.public_key.split("_")[1]:
            raise PydanticCustomError("invalid", "Both keys should be for test money, or both for real money")
        return self

    def given(self) -> GivenKeys:
        """Return the keys."""
        return GivenKeys(
            secret_key=self.secret_key,
            public_key=self.public_key,
            webhook_secrets=self.webhook_secrets,
        )


class AccountRequest(KeysRequest):
    """An account at a provider by which the business is paid."""

    provider: Literal["stripe", "paystack"]


class AccountPath(BusinessPath):
    """Which account of which business."""

    account_id: ProviderAccountId


class AccountView(View):
    """An account of a business at a provider; its secrets are never shown."""

    id: ProviderAccountId
    object: Literal["provider_account"] = "provider_account"
    provider: str
    is_live: Annotated[bool, Field(description="Whether the money is real")]
    public_key: str | None
    webhook_path: Annotated[
        str, Field(description="Tell the provider to send its webhooks there, below your own address")
    ]
    closed_at: Annotated[Instant | None, Field(description="Since when nothing new is paid by it")]
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, row: ProviderAccount) -> "AccountView":
        """Show a row."""
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        path = f"/api/payments/{row.provider}/webhook/{row.token}"
        return cls.model_validate(own | {"webhook_path": path, "closed_at": row.archived_at})


AccountList = Listing[AccountView]
