"""Keys: which account at which provider, and where it is asked."""

from dataclasses import dataclass, field

from domain.payments.rules.states import Provider

KEY_REFUSED = ("key_refused", "The provider does not accept the secret key.")
"""What is told of a call that was not let in: a code, and words for whoever looks after the keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One account. *public_key* may be shown to customers; the secret one is left out of every representation.

    *api_base* is where the provider's API begins, as in `https://api.stripe.com`.
    """

    provider: Provider
    secret_key: str = field(repr=False)
    public_key: str
    api_base: str

    @property
    def is_live(self) -> bool:
        """Whether the money is real, by the words in which both providers begin their secret keys."""
        return self.secret_key.startswith(("sk_live_", "rk_live_"))
