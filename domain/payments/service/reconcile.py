"""Reconciling: a provider's list of payments beside ours, for one business and some days.

The platform's account is shared. So nothing is told of what the provider lists but what is known, by its reference or by
our id beside it, to be about a payment of the business that asks.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import queries as bookings
from domain.kernel import audit, jobs
from domain.kernel.changes import fresh
from domain.kernel.errors import NotFound
from domain.kernel.plot import RECONCILE
from domain.payments import queries
from domain.payments.gateway import Seen
from domain.payments.rules.errors import ReconciliationRunning
from domain.payments.rules.reconciling import Side, difference_of
from domain.payments.rules.states import Provider, State
from domain.payments.service.lists import refuse_unless_admin
from domain.payments.tables import Payment, ProviderAccount, ProviderReconciliation

KEPT = timedelta(days=90)
PURGED = 1000
RUNNING = "running"
MONEY = frozenset({State.PROCESSING, State.SUCCEEDED})


class Difference(NamedTuple):
    """Where provider and we tell one payment differently. *is_repairable*: looking at it once more settles that."""

    payment_id: UUID
    provider_ref: str
    kind: str
    ours: str | None
    theirs: str | None
    is_repairable: bool = True


def start_reconciling(
    session: Session, business_id: UUID, since: datetime, until: datetime, *, caller: Principal, now: datetime
) -> ProviderReconciliation:
    """Have the payments of some time compared, for owners and admins, one time after the other.

    Errors: NotFound, MembersOnly, AdminsOnly, ReconciliationRunning.
    """
    refuse_unless_admin(session, business_id, caller)
    run_id = queries.add_reconciliation(session, business_id, since, until, asked_by=caller.user_id, now=now)
    if run_id is None:
        raise ReconciliationRunning
    jobs.add(session, [jobs.Order(kind=RECONCILE, ref_id=run_id)], now=now)
    asked = fresh({"since": since, "until": until})
    audit.record(
        session, caller.actor, "reconciliation.started", run_id, business_id=business_id, changes=asked, now=now
    )
    return session.get_one(ProviderReconciliation, run_id)


def last_run(
    session: Session, business_id: UUID, *, since: datetime | None, until: datetime | None, caller: Principal
) -> ProviderReconciliation:
    """Return the last run of a business, or the last one of just that time. Errors: NotFound, MembersOnly, AdminsOnly."""
    refuse_unless_admin(session, business_id, caller)
    found = queries.last_reconciliation(session, business_id, since=since, until=until)
    if found is None:
        raise NotFound(what="reconciliation")
    return found


def run_of(session: Session, run_id: UUID, *, caller: Principal) -> ProviderReconciliation:
    """Return a run by its id. Errors: NotFound, MembersOnly, AdminsOnly."""
    run = queries.reconciliation(session, run_id)
    if run is None:
        raise NotFound(what="reconciliation")
    refuse_unless_admin(session, run.business_id, caller)
    return run


def was_reconciled(run: ProviderReconciliation) -> bool:
    """Tell whether a run is done, or has failed."""
    return run.state != RUNNING


def is_reconciled(session: Session, run_id: UUID) -> bool:
    """Tell so of a run by its id; one that is not there any more will not be done."""
    run = queries.reconciliation(session, run_id)
    return run is None or was_reconciled(run)


def to_reconcile(session: Session, run_id: UUID) -> tuple[ProviderReconciliation, Sequence[ProviderAccount]] | None:
    """Return a run that is still to be done, with the accounts to be compared; None: it is done."""
    run = queries.reconciliation(session, run_id)
    if run is None or was_reconciled(run):
        return None
    return run, queries.accounts_used(session, run.business_id, since=run.since, until=run.until)


def compared(
    session: Session, run: ProviderReconciliation, account_id: UUID, listed: Sequence[Seen]
) -> Sequence[Difference]:
    """Return what is different of those that the provider lists and that are known to be of the run's business."""
    ids = {each.payment_id for each in listed if each.payment_id is not None}
    ours = queries.payments_meant(session, run, account_id, [each.ref for each in listed], ids)
    by_ref = {each.provider_ref: each for each in ours}
    by_id = {each.id: each for each in ours}
    found: list[Difference] = []
    for each in listed:
        if each.ref in by_ref:
            found += differences_of(by_ref[each.ref], each)
        elif each.payment_id in by_id:
            found += _unknown(by_id[each.payment_id], each)
    return found


def unlisted(
    session: Session, run: ProviderReconciliation, account_id: UUID, listed: Collection[str]
) -> Sequence[Payment]:
    """Return our payments of a run that the provider's list leaves out: it may have made them later, or not have them."""
    return [each for each in queries.payments_sent(session, run, account_id) if each.provider_ref not in listed]


def differences_of(payment: Payment, seen: Seen | None) -> Sequence[Difference]:
    """Return what is different of one payment; None: the provider knows none by its reference."""
    assert payment.provider_ref is not None  # noqa: S101 - it is asked about by it
    if seen is None:
        return [Difference(payment.id, payment.provider_ref, "missing_there", payment.state, None)]
    ours = Side(State(payment.state), payment.amount, payment.currency, payment.received_amount)
    theirs = Side(seen.state, seen.amount, seen.currency, seen.received)
    found = difference_of(Provider(payment.provider), ours, theirs)
    return [Difference(payment.id, payment.provider_ref, *found)] if found else []


def reconciled(
    session: Session, run_id: UUID, found: Sequence[Difference], *, failure_code: str | None, now: datetime
) -> None:
    """Write down what a run found, or why it could not be done; its job is done by that."""
    run = queries.reconciliation(session, run_id)
    if run is not None and not was_reconciled(run):
        run.state = "failed" if failure_code else "done"
        bookings.announce(session, [run_id])
        run.failure_code, run.finished_at = failure_code, now
        run.differences = [each._asdict() | {"payment_id": str(each.payment_id)} for each in found]
        session.flush()
    jobs.finish(session, RECONCILE, [run_id], now=now)


def comparisons_purged(session: Session, *, now: datetime) -> bool:
    """Delete comparisons that are three months old, a batch of them; tell whether there may be more."""
    return queries.forget_reconciliations(session, before=now - KEPT, limit=PURGED) == PURGED


def _unknown(payment: Payment, seen: Seen) -> Sequence[Difference]:
    """Tell of what the provider has for a payment by a reference that we do not know.

    One whose answer was lost is in nobody's hands, and nothing to tell of unless money came by it all the same: looking
    at the payment does not find that.
    """
    if payment.provider_ref is not None and seen.state not in MONEY:
        return []
    is_repairable = payment.provider_ref is None
    return [Difference(payment.id, seen.ref, "missing_here", payment.state, seen.state.value, is_repairable)]
