"""The platform's own accounts at payment providers, by the keys in the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from config.settings import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformAccount:
    """An account at a provider: what it is asked with, and what its webhooks are signed with."""

    provider: str
    secret_key: str = field(repr=False)
    public_key: str
    webhook_secrets: tuple[str, ...] = field(repr=False)
    api_base: str

    @property
    def is_live(self) -> bool:
        """Whether the money is real, by the words in which both providers begin their secret keys."""
        return self.secret_key.startswith(("sk_live_", "rk_live_"))


def platform_accounts() -> Mapping[str, PlatformAccount]:
    """Return the accounts that the installation has keys for, by their provider."""
    found, given = {}, settings()
    if given.stripe_secret_key:
        found["stripe"] = PlatformAccount(
            provider="stripe",
            secret_key=given.stripe_secret_key.get_secret_value(),
            public_key=given.stripe_publishable_key or "",
            webhook_secrets=tuple(each.get_secret_value() for each in given.stripe_webhook_secrets),
            api_base=given.stripe_api_base,
        )
    if given.paystack_secret_keys:
        secrets = tuple(each.get_secret_value() for each in given.paystack_secret_keys)
        found["paystack"] = PlatformAccount(
            provider="paystack",
            secret_key=secrets[0],
            public_key=given.paystack_public_key or "",
            webhook_secrets=secrets,
            api_base=given.paystack_api_base,
        )
    return found


def api_base(provider: str) -> str:
    """Return where a provider's API is."""
    return {"stripe": settings().stripe_api_base, "paystack": settings().paystack_api_base}[provider]
