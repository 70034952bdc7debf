"""Deciding who gets a place: a lane's pending bookings, in order of acceptance, in one transaction.

The locks, in the one order: the lane, the resources, the bookings (to be decided, and lapsed), the jobs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain.availability import service as availability
from domain.availability.rules.board import Board, Wish
from domain.availability.rules.model import Candidate, Refusal
from domain.bookings import queries
from domain.bookings.queries import Change
from domain.bookings.rules import Status, first_status, hold_until
from domain.bookings.service.move import lapse, record
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Service
from domain.kernel import jobs
from domain.kernel.plot import ALLOCATE

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A pending booking, locked, with what it asks for and what it would become."""

    booking: Booking
    wish: Wish
    status: Status
    hold_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a case: the resource it got, or why it got none."""

    case: Case
    outcome: Candidate | Refusal


def waiting(session: Session, business_id: UUID) -> Sequence[UUID]:
    """Return, without a lock, the undecided bookings of a lane in order of acceptance, at most BATCH."""
    return [each for each, _, _ in queries.pending(session, business_id, only=None, limit=BATCH)]


def tried_before(session: Session, booking_ids: Collection[UUID]) -> bool:
    """Tell whether any of these undecided bookings was tried before, without success."""
    return queries.any_tried(session, booking_ids)


def allocate(session: Session, business_id: UUID, *, now: datetime, only: UUID | None = None) -> Sequence[UUID]:
    """Decide up to BATCH of a business's pending bookings, or *only* one; return the ids of those decided.

    Safe to repeat: what is decided already is left alone. Lapsed holds of the business end first, so that their
    places are free again.
    """
    business = catalog.lane_for_update(session, business_id)
    pending = queries.pending(session, business_id, only=only, limit=BATCH)
    if not pending:
        return ()
    # The lane may have been waited for. Who was accepted meanwhile was offered what had lapsed by then.
    now = max(now, *(accepted_at for _, _, accepted_at in pending))
    services = catalog.services_by_id(session, {service_id for _, service_id, _ in pending})
    offered = availability.offers(session, services.values())
    catalog.resources_for_update(session, offered.resources.keys())
    asked = [booking_id for booking_id, _, _ in pending]
    bookings = queries.bookings_for_update(session, [*asked, *queries.lapsed(session, business_id, now=now)])
    ended = lapse(session, bookings, now=now)
    cases = [_case(each, services, now) for each in bookings if each.status == Status.PENDING]
    decisions = _decide(session, business, offered, cases, now) if cases else ()
    record(session, bookings, [*ended, *map(_change, decisions)], now=now)
    queries.announce(session, asked)
    jobs.finish(session, ALLOCATE, asked, now=now)
    return asked


def _case(booking: Booking, services: dict[UUID, Service], now: datetime) -> Case:
    service = services[booking.service_id]
    status = first_status(requires_approval=service.requires_approval, payment_status=booking.payment_status)
    return Case(
        booking=booking,
        wish=_wish(booking, service),
        status=status,
        hold_expires_at=hold_until(
            status,
            hold_minutes=service.hold_minutes,
            approval_hours=service.approval_hours,
            starts_at=booking.starts_at,
            now=now,
        ),
    )


def _wish(booking: Booking, service: Service) -> Wish:
    """Return what a booking asks for: on today's terms, but with the lengths that it was made with."""
    terms = replace(
        availability.terms_of(service, ZoneInfo(booking.timezone)),
        duration=int((booking.ends_at - booking.starts_at).total_seconds()),
        buffer_before=booking.buffer_before_minutes * 60,
        buffer_after=booking.buffer_after_minutes * 60,
    )
    return Wish(
        booking_id=booking.id,
        terms=terms,
        start=int(booking.starts_at.timestamp()),
        party=booking.party,
        resource_id=booking.wanted_resource_id,
        asked_at=int(booking.created_at.timestamp()),
    )


def _decide(
    session: Session, business: Business, offered: availability.Offers, cases: Sequence[Case], now: datetime
) -> Sequence[Decision]:
    """Decide the cases in turn and claim their places: together, or one by one where the database refuses that."""
    wishes = [case.wish for case in cases]
    board = availability.board(session, business, offered, wishes, now=now)
    decisions = [_weigh(board, case) for case in cases]
    places = [_place(each.case, each.outcome) for each in decisions if isinstance(each.outcome, Candidate)]
    if availability.occupy(session, places):
        return decisions
    board = availability.board(session, business, offered, wishes, now=now)
    return [_insist(session, board, case) for case in cases]


def _weigh(board: Board, case: Case) -> Decision:
    outcome = board.decide(case.wish)
    if isinstance(outcome, Candidate):
        board.occupy(case.wish, outcome)
    return Decision(case, outcome)


def _insist(session: Session, board: Board, case: Case) -> Decision:
    """Try resource after resource, where claims that somebody wrote past the application are in the way."""
    barred: set[UUID] = set()
    while isinstance(outcome := board.decide(case.wish, barred=barred), Candidate):
        if availability.occupy(session, [_place(case, outcome)]):
            board.occupy(case.wish, outcome)
            break
        barred.add(outcome.id)
    return Decision(case, outcome)


def _place(case: Case, outcome: Candidate) -> availability.Place:
    return availability.Place(wish=case.wish, resource_id=outcome.id, expires_at=case.hold_expires_at)


def _change(decision: Decision) -> Change:
    case, outcome = decision.case, decision.outcome
    if isinstance(outcome, Refusal):
        return Change(
            booking_id=case.booking.id,
            from_status=Status.PENDING,
            to_status=Status.REJECTED,
            rejection_code=outcome.code,
            rejection_reasons=outcome.reasons,
            reason=outcome.code,
        )
    return Change(
        booking_id=case.booking.id,
        from_status=Status.PENDING,
        to_status=case.status,
        resource_id=outcome.id,
        hold_expires_at=case.hold_expires_at,
    )
