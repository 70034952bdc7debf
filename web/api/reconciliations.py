"""Reconciliation: what the providers list beside what is known here, compared by a worker."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import Session, reading
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.payments import service as payment_service
from domain.payments.tables import ProviderReconciliation
from web.answers import Answer, shown
from web.api.refunds import payments
from web.auth import caller
from web.deciding import standing, told
from web.describing import IDEMPOTENCY_KEY, PREFER
from web.idempotency import performed
from web.openapi import operation
from web.schemas.reconciliations import ReconciliationQuery, ReconciliationRequest, ReconciliationView

__all__ = ["payments"]

ADMINS = ("not_found", "members_only", "admins_only")


@operation(
    payments.post,
    "/reconciliation",
    success={200: ReconciliationView, 202: ReconciliationView},
    problems=(*ADMINS, "reconciliation_running"),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def start_reconciliation(body: ReconciliationRequest) -> Response:
    """Compare a business's payments with what its providers list. For owners and admins.

    A worker does it, by the accounts that its payments of that time were asked for with: GET it then. A business has one made at a time.
    With `Prefer: wait=10` the answer is what it found: 200; 202 when that takes longer.
    """

    def work(session: Session) -> Answer:
        made = payment_service.start_reconciling(
            session, body.business_id, body.since, body.until, caller=caller(), now=clock()
        )
        return _told(made, is_over=False)

    return told(performed(work), _outcome, is_over=payment_service.is_reconciled)


@operation(payments.get, "/reconciliation", success={200: ReconciliationView}, problems=ADMINS)
def get_reconciliation(query: ReconciliationQuery) -> Response:
    """Show the last comparison of a business, or the last one of just that time. For owners and admins.

    The differences are those of the moment when it was made. What has a `repair` is repaired by that one call: it has
    the payment looked up at its provider, and what is seen there becomes true here.
    """
    with reading() as session:
        found = payment_service.last_run(
            session, query.business_id, since=query.since, until=query.until, caller=caller()
        )
    return shown(ReconciliationView.of(found)).response()


def _told(run: ProviderReconciliation, *, is_over: bool) -> Answer:
    place = f"/api/payments/reconciliation?business_id={public_id(Kind.BUSINESS, run.business_id)}"
    return standing(ReconciliationView.of(run), place, run.id, is_over=is_over)


def _outcome(run_id: UUID, *, decided: bool) -> Answer:
    with reading() as session:
        run = payment_service.run_of(session, run_id, caller=caller())
    return _told(run, is_over=decided and payment_service.was_reconciled(run))
