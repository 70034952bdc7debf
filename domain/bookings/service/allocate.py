"""Deciding who gets a place: a lane's pending bookings and reschedules, in order of acceptance, in one transaction.

The locks, in the one order: the lane, the resources, the bookings (to be decided, and lapsed), the jobs.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.availability import service as availability
from domain.availability.rules.board import Board
from domain.availability.rules.model import Candidate, Code, Refusal
from domain.bookings import queries
from domain.bookings.queries import Locked
from domain.bookings.rules import MOVABLE, Status
from domain.bookings.service.cases import Case, Decision, booking_case, move_case
from domain.bookings.service.move import lapse
from domain.bookings.service.outcome import write
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Service
from domain.kernel import jobs
from domain.kernel.plot import ALLOCATE

BATCH = 200
LONGEST = 2.0
"""Seconds that are spent on deciding in one transaction; what is left then stays in the lane, for the next one."""


def waiting(session: Session, business_id: UUID) -> Sequence[UUID]:
    """Return, without a lock, the bookings that wait to be decided, in order of acceptance, at most BATCH."""
    return [each.booking_id for each in queries.queue(session, business_id, only=None, limit=BATCH)]


def allocate(session: Session, business_id: UUID, *, now: datetime, only: UUID | None = None) -> Sequence[UUID] | None:
    """Decide up to BATCH of what waits in a business's lane, or *only* one booking; return the ids of those decided.

    Less where that takes LONGEST: others wait for the lane's lock, and the server ends a transaction that idles.

    None when one of them was tried before, without success: nothing is done, and they are to be decided one by one.
    Safe to repeat: what is decided already is left alone. Lapsed holds of the business end first, so that their places
    are free again.
    """
    business = catalog.lane_for_update(session, business_id)
    waiters = queries.queue(session, business_id, only=only, limit=BATCH)
    if not waiters:
        return ()
    if only is None and any(each.attempts > 1 for each in waiters):
        return None
    # The lane may have been waited for. Who was accepted meanwhile was offered what had lapsed by then.
    now = max(now, *(each.accepted_at for each in waiters))
    services = catalog.services_by_id(session, {each.service_id for each in waiters})
    offered = availability.offers_for_update(session, services.values())
    asked = [each.booking_id for each in waiters]
    locked = queries.lane_for_update(session, business_id, asked, now=now)
    ended = lapse(session, locked, now=now)
    # Locked besides are those whose hold looked lapsed; one that was approved meanwhile is not for now.
    standing = set(asked).difference(each.booking_id for each in ended)
    cases = _cases(session, business, services, [each for each in locked if each.id in standing], now)
    decisions = _decide(session, business, offered, cases, now) if cases else ()
    write(session, locked, ended, decisions, now=now)
    left = {each.booking.id for each in cases[len(decisions) :]}
    decided = [each for each in asked if each not in left]
    queries.announce(session, decided)
    jobs.finish(session, ALLOCATE, decided, now=now)
    return decided


def _cases(
    session: Session, business: Business, services: Mapping[UUID, Service], locked: Sequence[Locked], now: datetime
) -> Sequence[Case]:
    """Return what is to be decided, in order of acceptance, as it stands under the locks."""
    movable = [each.id for each in locked if each.status in MOVABLE]
    moves = queries.elsewhere(session, movable) if movable else {}
    cases = [booking_case(each, services[each.service_id], business, now) for each in locked if _is_pending(each)]
    cases += [
        move_case(each, moves[each.id], services[each.service_id], business) for each in locked if each.id in moves
    ]
    return sorted(cases, key=lambda case: case.accepted_no)


def _is_pending(booking: Locked) -> bool:
    return booking.status == Status.PENDING


def _decide(
    session: Session, business: Business, offered: availability.Offers, cases: Sequence[Case], now: datetime
) -> Sequence[Decision]:
    """Decide the cases in turn, the first ones if time is short, and claim their places.

    Together, or one by one where the database refuses that.
    """
    wishes = [case.wish for case in cases]
    board = availability.board(session, business, offered, wishes, now=now)
    decisions = _in_time(board, cases, now)
    won = [each for each in decisions if each.won]
    if availability.occupy(session, [each.place for each in won], now=now):
        return decisions
    board = availability.board(session, business, offered, wishes, now=now)
    return [_insist(session, board, case, now) for case in cases[: len(decisions)]]


def _in_time(board: Board, cases: Sequence[Case], now: datetime) -> Sequence[Decision]:
    until = time.monotonic() + LONGEST
    decisions: list[Decision] = []
    for case in cases:
        if decisions and time.monotonic() > until:
            break
        decisions.append(_weigh(board, case, now))
    return decisions


def _weigh(board: Board, case: Case, now: datetime) -> Decision:
    decision = Decision(case, _judged(board, case, (), now))
    if decision.won:
        board.occupy(case.wish, decision.won)
    return decision


def _insist(session: Session, board: Board, case: Case, now: datetime) -> Decision:
    """Try resource after resource, where claims that somebody wrote past the application are in the way."""
    barred: set[UUID] = set()
    while (decision := Decision(case, _judged(board, case, barred, now))).won:
        if availability.occupy(session, [decision.place], now=now):
            board.occupy(case.wish, decision.won)
            break
        barred.update(availability.refused(session, decision.place, now=now))
    return decision


def _judged(board: Board, case: Case, barred: Collection[UUID], now: datetime) -> Sequence[Candidate] | Refusal:
    if case.is_over(now):
        return Refusal(Code.IN_THE_PAST)
    return board.decide(case.wish, barred=barred)
