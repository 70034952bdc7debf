"""Writing the ledger: each movement once, by its source."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.payments.rules.states import Entry
from domain.payments.tables import LedgerEntry, Payment


def enter(session: Session, payment: Payment, kind: Entry, amount: int, source: str, *, now: datetime) -> None:
    """Write that money moved, in above zero, unless that is written already."""
    entry = insert(LedgerEntry).values(
        payment_id=payment.id,
        booking_id=payment.booking_id,
        business_id=payment.business_id,
        kind=kind,
        amount=amount,
        currency=payment.currency,
        source=source,
        at=now,
    )
    session.execute(entry.on_conflict_do_nothing(index_elements=["payment_id", "kind", "source"]))
