"""Runs that compare a provider's list with ours, and what of ours they compare."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.kernel.ids import new_id
from domain.payments.tables import Payment, ProviderAccount, ProviderReconciliation

BEFORE = timedelta(days=1)
"""How long a payment may have been asked for before its provider made it."""


UNDERWAY = timedelta(hours=1)
"""How long a run may take, with all the tries of its job."""


def add_reconciliation(
    session: Session, business_id: UUID, since: datetime, until: datetime, *, asked_by: UUID, now: datetime
) -> UUID | None:
    """Write down a run that is to be done; None where the business has one already, that was begun within the hour."""
    given_up = update(ProviderReconciliation).where(
        ProviderReconciliation.business_id == business_id,
        ProviderReconciliation.state == "running",
        ProviderReconciliation.created_at < now - UNDERWAY,
    )
    session.execute(given_up.values(state="failed", failure_code="given_up", finished_at=now))
    made = insert(ProviderReconciliation).values(
        id=new_id(),
        business_id=business_id,
        since=since,
        until=until,
        state="running",
        asked_by=asked_by,
        created_at=now,
    )
    return session.scalar(made.on_conflict_do_nothing().returning(ProviderReconciliation.id))


def reconciliation(session: Session, run_id: UUID) -> ProviderReconciliation | None:
    """Return a run."""
    return session.get(ProviderReconciliation, run_id, populate_existing=True)


def last_reconciliation(
    session: Session, business_id: UUID, *, since: datetime | None, until: datetime | None
) -> ProviderReconciliation | None:
    """Return the last run of a business, or the last one of just that time."""
    run = ProviderReconciliation
    where = [column == value for column, value in ((run.since, since), (run.until, until)) if value is not None]
    return session.scalar(select(run).where(run.business_id == business_id, *where).order_by(run.id.desc()).limit(1))


def forget_reconciliations(session: Session, *, before: datetime, limit: int) -> int:
    """Delete what was compared long ago; return how many those were."""
    old = (ProviderReconciliation.finished_at < before, ProviderReconciliation.state != "running")
    ids = select(ProviderReconciliation.id).where(*old).limit(limit)
    gone = delete(ProviderReconciliation).where(ProviderReconciliation.id.in_(ids)).returning(ProviderReconciliation.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def accounts_used(
    session: Session, business_id: UUID, *, since: datetime, until: datetime
) -> Sequence[ProviderAccount]:
    """Return the accounts that payments of a business were asked for by in that time, or a little before."""
    asked = func.coalesce(Payment.first_sent_at, Payment.created_at)
    used = select(Payment.account_id).where(Payment.business_id == business_id, asked >= since - BEFORE, asked < until)
    return session.scalars(
        select(ProviderAccount).where(ProviderAccount.id.in_(used)).order_by(ProviderAccount.id)
    ).all()


def payments_meant(
    session: Session, run: ProviderReconciliation, account_id: UUID, refs: Collection[str], ids: Collection[UUID]
) -> Sequence[Payment]:
    """Return the payments of a run's business that an account's provider names, by its references or by our ids."""
    mine = (Payment.business_id == run.business_id, Payment.account_id == account_id)
    return session.scalars(select(Payment).where(*mine, or_(Payment.provider_ref.in_(refs), Payment.id.in_(ids)))).all()


def payments_sent(session: Session, run: ProviderReconciliation, account_id: UUID) -> Sequence[Payment]:
    """Return the payments of a run's business that were made possible by an account in its time."""
    mine = (Payment.business_id == run.business_id, Payment.account_id == account_id)
    sent = (Payment.first_sent_at >= run.since, Payment.first_sent_at < run.until, Payment.provider_ref.is_not(None))
    return session.scalars(select(Payment).where(*mine, *sent).order_by(Payment.id)).all()
