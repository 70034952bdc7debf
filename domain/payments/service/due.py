"""The reconciler: whatever webhooks never told is looked up, by rows that say when."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain.kernel import jobs
from domain.kernel.plot import ADVANCE, REPAY
from domain.payments import queries
from domain.payments.service.facts import advance, repay

CLAIMED = 100
UNDERWAY = timedelta(minutes=2)


def claim_due(session: Session, *, now: datetime) -> bool:
    """Give a job to each payment and each refund whose look is due, a batch of them; tell whether there may be more.

    Their next look is put off meanwhile, so that the next tick does not give another; nor does one get a second job whose
    first still fails. Safe beside itself.
    """
    payments = queries.payments_due_for_update(session, now=now, limit=CLAIMED)
    refunds = queries.refunds_due_for_update(session, now=now, limit=CLAIMED)
    for payment in payments:
        payment.next_look_at = now + UNDERWAY
    for refund in refunds:
        refund.next_look_at = now + UNDERWAY
    session.flush()
    busy = {
        *jobs.underway(session, ADVANCE, [each.id for each in payments]),
        *jobs.underway(session, REPAY, [each.id for each in refunds]),
    }
    for payment in (each for each in payments if each.id not in busy):
        advance(session, payment, now=now)
    for refund in (each for each in refunds if each.id not in busy):
        repay(session, refund, now=now)
    return CLAIMED in {len(payments), len(refunds)}
