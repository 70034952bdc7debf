"""Accounts: who may call, where their webhooks go, and how those are signed."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

Provider = Literal["stripe", "paystack"]
MODES = TEST, LIVE = ("test", "live")


class Account(BaseModel):
    """One merchant's account at one provider. A key `sk_test_x` is also good as `sk_live_x`, for the live mode."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Provider
    id: str
    secret_keys: tuple[str, ...]
    public_key: str
    webhook_secrets: tuple[str, ...] = ()
    webhook_url: str | None = None
    currencies: tuple[str, ...] = ()

    def scope(self, mode: str) -> str:
        """Return where the objects of *mode* are kept."""
        return f"{self.provider}:{self.id}:{mode}"


class Caller(NamedTuple):
    """An account in one of its two modes."""

    account: Account
    mode: str

    @property
    def scope(self) -> str:
        """Return where the caller's objects are kept."""
        return self.account.scope(self.mode)

    @property
    def other(self) -> "Caller":
        """Return the same account in the other mode."""
        return Caller(self.account, TEST if self.mode == LIVE else LIVE)

    @property
    def livemode(self) -> bool:
        """Say whether the money would be real."""
        return self.mode == LIVE


class Accounts:
    """The accounts that the stand-ins know, each by its keys."""

    def __init__(self, accounts: Sequence[Account] = ()) -> None:
        self._accounts = {(account.provider, account.id): account for account in accounts}

    def __iter__(self) -> Iterator[Account]:
        return iter([*self._accounts.values()])

    def put(self, account: Account) -> None:
        """Add an account, or change the one with that id."""
        self._accounts[account.provider, account.id] = account

    def named(self, provider: Provider, account_id: str) -> Account | None:
        """Return the account with that id."""
        return self._accounts.get((provider, account_id))

    def by_secret(self, provider: Provider, key: str) -> Caller | None:
        """Return who calls with the secret *key*."""
        return next((found for each in self for found in _matches(each, provider, each.secret_keys, key)), None)

    def by_public(self, provider: Provider, key: str) -> Caller | None:
        """Return whose public *key* that is."""
        return next((found for each in self for found in _matches(each, provider, (each.public_key,), key)), None)

    def by_scope(self, scope: str) -> Caller:
        """Return whose objects are kept in *scope*. Raises KeyError when the account is gone."""
        found = {account.scope(mode): Caller(account, mode) for account in self for mode in MODES}
        return found[scope]


def _matches(account: Account, provider: Provider, keys: Sequence[str], key: str) -> Iterator[Caller]:
    if account.provider != provider:
        return
    for own in keys:
        for mode in MODES:
            if key and key == own.replace(f"_{TEST}_", f"_{mode}_", 1):
                yield Caller(account, mode)
