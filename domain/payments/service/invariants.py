"""The money check: that every amount is what it should be, down to the last unit."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import service as bookings
from domain.payments.queries.invariants import INVARIANTS


def examined(session: Session, *, caller: Principal) -> bookings.Examination:
    """Check every invariant of bookings and of money, for an operator, on one snapshot. Errors: OperatorsOnly."""
    found = bookings.examined(session, caller=caller)
    return replace(found, findings=[*found.findings, *_findings(session)])


def differences(session: Session) -> Sequence[bookings.Finding]:
    """Return what is wrong with money, on one snapshot. Takes no locks, and must be the first in its transaction."""
    session.execute(bookings.ONE_MOMENT)
    return [each for each in _findings(session) if each.count]


def _findings(session: Session) -> Sequence[bookings.Finding]:
    return [bookings.finding(session, name, each) for name, each in INVARIANTS.items()]
