"""A business's own accounts at providers: opened, given other keys, closed. For its owners.

Secrets come and go sealed; what they are is nobody's business here.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog.service.authority import active_for_update, require_owner
from domain.kernel import audit, events
from domain.kernel.actors import Actor
from domain.kernel.changes import NOTHING, Changes, Pair, fresh
from domain.kernel.errors import NotFound, StaleVersion
from domain.kernel.ids import new_id
from domain.payments import queries
from domain.payments.rules.errors import AccountExists, OtherMode, SigningSecretNeeded
from domain.payments.rules.states import Provider
from domain.payments.tables import ProviderAccount

MOST_SECRETS = 5
SECRETS: dict[str, Pair | None] = {"secret_key": None, "webhook_secrets": None}
"""What the audit log tells of an account's secrets: that there are others."""


class Sealing(NamedTuple):
    """How secrets are encrypted for the account of an id, and read again."""

    seal: Callable[[UUID, str], bytes]
    unseal: Callable[[UUID, bytes], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenKeys:
    """What a provider gave a business; *webhook_secrets* are those that its webhooks may be signed with, if any came."""

    secret_key: str = field(repr=False)
    public_key: str
    webhook_secrets: Sequence[str] = field(repr=False, default=())

    @property
    def is_live(self) -> bool:
        """Whether the money is real."""
        return self.secret_key.startswith(("sk_live_", "rk_live_"))


def accounts(
    session: Session, business_id: UUID, *, caller: Principal, after: UUID | None, limit: int
) -> Sequence[ProviderAccount]:
    """Return a page of the accounts that a business uses or has used. Errors: MembersOnly, OwnersOnly."""
    require_owner(caller, business_id)
    return queries.own_accounts(session, business_id, after=after, limit=limit)


def open_account(
    session: Session,
    business_id: UUID,
    provider: str,
    keys: GivenKeys,
    *,
    sealing: Sealing,
    caller: Principal,
    now: datetime,
) -> ProviderAccount:
    """Let a business be paid by an account of its own.

    Errors: MembersOnly, OwnersOnly, Archived, AccountExists, SigningSecretNeeded.
    """
    require_owner(caller, business_id)
    active_for_update(session, business_id)
    if queries.own_account(session, business_id, provider) is not None:
        raise AccountExists(provider=provider.capitalize())
    made = ProviderAccount(
        id=new_id(),
        business_id=business_id,
        provider=provider,
        is_live=keys.is_live,
        token=token_urlsafe(24),
        version=1,
        created_at=now,
    )
    _give(made, keys, sealing)
    session.add(made)
    given = fresh({"provider": provider, "is_live": made.is_live, "public_key": made.public_key})
    _told(session, "provider_account.opened", made, caller.actor, given | SECRETS, now)
    return made


def change_keys(
    session: Session,
    business_id: UUID,
    account_id: UUID,
    keys: GivenKeys,
    *,
    sealing: Sealing,
    caller: Principal,
    now: datetime,
    versions: Collection[int] | None = None,
) -> ProviderAccount:
    """Give an account other keys, of the same mode: what was paid with the old ones is looked up with the new.

    Closed ones too, for money may go back by them still. So they have to be the same account's at the provider. What can still be paid is looked at with them soon: if they are
    another's, it fails, and is made anew by whoever asks for it.
    Errors: MembersOnly, OwnersOnly, NotFound, StaleVersion, OtherMode, SigningSecretNeeded.
    """
    account = _own_for_update(session, business_id, account_id, caller, versions)
    if account.is_live != keys.is_live:
        raise OtherMode
    changes: Changes = {"public_key": (account.public_key, keys.public_key)} | SECRETS
    _give(account, keys, sealing)
    account.version += 1
    queries.hurry_open_for_update(session, account.id, now=now)
    _told(session, "provider_account.changed", account, caller.actor, changes, now)
    return account


def close_account(
    session: Session,
    business_id: UUID,
    account_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Collection[int] | None = None,
) -> None:
    """Use an account for nothing new; what was paid by it is still looked up and given back by it. Safe to repeat.

    Errors: NotFound, MembersOnly, OwnersOnly, StaleVersion.
    """
    account = _own_for_update(session, business_id, account_id, caller, versions)
    if account.archived_at is None:
        account.archived_at = now
        account.version += 1
        _told(session, "provider_account.closed", account, caller.actor, NOTHING, now)


def _own_for_update(
    session: Session, business_id: UUID, account_id: UUID, caller: Principal, versions: Collection[int] | None
) -> ProviderAccount:
    require_owner(caller, business_id)
    found = queries.own_account_for_update(session, business_id, account_id)
    if found is None:
        raise NotFound(what="provider account")
    if versions is not None and found.version not in versions:
        raise StaleVersion(version=found.version)
    return found


def _give(account: ProviderAccount, keys: GivenKeys, sealing: Sealing) -> None:
    before = account.webhook_secrets and sealing.unseal(account.id, account.webhook_secrets).splitlines()
    account.public_key = keys.public_key
    account.secret_key = sealing.seal(account.id, keys.secret_key)
    secrets = _secrets(account.provider, keys, before or ())
    account.webhook_secrets = sealing.seal(account.id, "\n".join(secrets))


def _secrets(provider: str, keys: GivenKeys, before: Sequence[str]) -> Sequence[str]:
    """Return what webhooks may be signed with: those given, or else those of before, which none has taken back.

    Paystack signs with the secret key itself, and what it sends again with that of then.
    """
    given = keys.webhook_secrets or before
    if provider == Provider.PAYSTACK:
        given = list(dict.fromkeys([keys.secret_key, *given]))
    if not given:
        raise SigningSecretNeeded
    return given[:MOST_SECRETS]


def _told(session: Session, kind: str, account: ProviderAccount, by: Actor, changes: Changes, now: datetime) -> None:
    account.updated_at = now
    session.flush()
    fact = events.Fact(
        kind=kind,
        business_id=account.business_id,
        subject_id=account.id,
        subject_version=account.version,
        payload={"provider": account.provider, "is_live": account.is_live},
    )
    events.record(session, [fact], now=now)
    audit.record(session, by, kind, account.id, business_id=account.business_id, changes=changes, now=now)
