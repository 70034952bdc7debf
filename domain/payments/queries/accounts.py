"""Accounts at providers."""

from collections.abc import Sequence
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.kernel import locks
from domain.kernel.ids import new_id
from domain.kernel.resealing import Sealed
from domain.payments.tables import ProviderAccount

SEALED = Sealed(ProviderAccount, [ProviderAccount.business_id.is_not(None)], needed=["secret_key", "webhook_secrets"])
"""Keys of businesses' own accounts, of closed ones too: money may go back by them still."""


def account(session: Session, account_id: UUID) -> ProviderAccount:
    """Return an account that there is, archived ones too."""
    return session.get_one(ProviderAccount, account_id)


def account_by_token(session: Session, provider: str, token: str) -> ProviderAccount | None:
    """Return the account that a webhook's path names."""
    return session.scalar(
        select(ProviderAccount).where(ProviderAccount.provider == provider, ProviderAccount.token == token)
    )


def own_account(session: Session, business_id: UUID, provider: str) -> ProviderAccount | None:
    """Return the account of its own that a business uses at a provider."""
    mine = (ProviderAccount.business_id == business_id, ProviderAccount.provider == provider)
    return session.scalar(select(ProviderAccount).where(*mine, ProviderAccount.archived_at.is_(None)))


def own_accounts(session: Session, business_id: UUID, *, after: UUID | None, limit: int) -> Sequence[ProviderAccount]:
    """Return a page of the accounts of its own that a business uses or has used, in the order of their making."""
    mine = select(ProviderAccount).where(ProviderAccount.business_id == business_id)
    mine = mine.order_by(ProviderAccount.id).limit(limit)
    return session.scalars(mine if after is None else mine.where(ProviderAccount.id > after)).all()


def own_account_for_update(session: Session, business_id: UUID, account_id: UUID) -> ProviderAccount | None:
    """Lock an account of a business, in use or not, and return it freshly read."""
    mine = (ProviderAccount.business_id == business_id, ProviderAccount.id == account_id)
    return next(iter(locks.rows_for_update(session, ProviderAccount, *mine)), None)


def platform_account(session: Session, provider: str, *, is_live: bool) -> ProviderAccount:
    """Return the platform's account at a provider, in the mode of its keys; its row is made when it is first needed."""
    such = (
        ProviderAccount.provider == provider,
        ProviderAccount.is_live.is_(is_live),
        ProviderAccount.business_id.is_(None),
    )
    found = session.scalar(select(ProviderAccount).where(*such))
    if found is None:
        made = {"id": new_id(), "provider": provider, "is_live": is_live, "token": token_urlsafe(24)}
        session.execute(insert(ProviderAccount).values(made).on_conflict_do_nothing())
        found = session.scalars(select(ProviderAccount).where(*such)).one()
    return found
