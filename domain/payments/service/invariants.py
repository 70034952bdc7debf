"""The money check: that every amount is what it should be, down to the last unit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import service as bookings
from domain.bookings.queries.invariants import INVARIANTS as OF_BOOKINGS
from domain.payments import queries
from domain.payments.queries.invariants import INVARIANTS
from domain.payments.tables import MoneyCheck


def examined(session: Session, *, caller: Principal) -> bookings.Examination:
    """Check every invariant of bookings and of money, for an operator, on one snapshot. Errors: OperatorsOnly."""
    found = bookings.examined(session, caller=caller)
    return replace(found, findings=[*found.findings, *_findings(session)])


def checks(session: Session) -> Mapping[str, Callable[[], bookings.Finding]]:
    """Return every check of bookings and of money by its name, to be made one by one on the snapshot of this moment.

    Takes no locks, and must be the first in its transaction.
    """
    session.execute(bookings.ONE_MOMENT)
    return {
        name: partial(bookings.finding, session, name, each) for name, each in {**OF_BOOKINGS, **INVARIANTS}.items()
    }


def checked(session: Session) -> Sequence[bookings.Finding]:
    """Check all money on one snapshot. Takes no locks, and must be the first in its transaction."""
    session.execute(bookings.ONE_MOMENT)
    return _findings(session)


def note_checks(session: Session, found: Sequence[bookings.Finding], *, now: datetime) -> None:
    """Keep how much each check found, for whoever watches."""
    queries.keep_checks(session, {each.name: each.count for each in found}, now=now)


def last_checks(session: Session) -> Sequence[MoneyCheck]:
    """Return what each check found when it was last made."""
    return queries.last_checks(session)


def left_to_somebody(session: Session) -> Mapping[str, int]:
    """Return how many payments are in `review`, and how many refunds in `attention`."""
    return queries.left_to_somebody(session)


def _findings(session: Session) -> Sequence[bookings.Finding]:
    return [bookings.finding(session, name, each) for name, each in INVARIANTS.items()]
