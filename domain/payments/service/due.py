"""The reconciler: whatever webhooks never told is looked up, by rows that say when."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain.payments import queries
from domain.payments.service.facts import advance, repay

CLAIMED = 100
UNDERWAY = timedelta(minutes=2)


def claim_due(session: Session, *, now: datetime) -> bool:
    """Give a job to each payment and each refund whose look is due, a batch of them; tell whether there may be more.

    Their next look is put off meanwhile, so that the next tick does not give another. Safe beside itself.
    """
    payments = queries.payments_due_for_update(session, now=now, limit=CLAIMED)
    refunds = queries.refunds_due_for_update(session, now=now, limit=CLAIMED)
    for payment in payments:
        payment.next_look_at = now + UNDERWAY
    for refund in refunds:
        refund.next_look_at = now + UNDERWAY
    session.flush()
    for payment in payments:
        advance(session, payment, now=now)
    for refund in refunds:
        repay(session, refund, now=now)
    return CLAIMED in {len(payments), len(refunds)}
