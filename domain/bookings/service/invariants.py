"""Checking on a live database that what must hold does."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.accounts.rules.errors import OperatorsOnly
from domain.bookings.queries.invariants import INVARIANTS, NOTICES, Finding, finding

# All of one moment, so that what is being written meanwhile breaks nothing.
ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found: of every invariant, and of what looks like a break and is none."""

    findings: Sequence[Finding]
    notices: Sequence[Finding]

    @property
    def broken(self) -> Sequence[Finding]:
        """The invariants that do not hold."""
        return [each for each in self.findings if each.count]


def examine(session: Session) -> Examination:
    """Check every invariant, on one snapshot. Takes no locks; begins a transaction, and must be the first in it."""
    session.execute(ONE_MOMENT)
    return Examination(
        findings=[finding(session, name, each) for name, each in INVARIANTS.items()],
        notices=[finding(session, name, each) for name, each in NOTICES.items()],
    )


def examined(session: Session, *, caller: Principal) -> Examination:
    """Check every invariant, for an operator. Errors: OperatorsOnly."""
    if not caller.is_operator:
        raise OperatorsOnly
    return examine(session)
