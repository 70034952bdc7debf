"""What money does to a booking: it confirms what awaits it, and takes an expired one's place again if that is free.

The payments room decides that the money has come; here it is decided what that is worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.availability import service as availability
from domain.availability.rules.model import Candidate, Code, Refusal
from domain.bookings import queries
from domain.bookings.queries import Change, Locked
from domain.bookings.rules import PaymentStatus, Status
from domain.bookings.service.cases import Case, Decision, booking_case
from domain.bookings.service.move import lapse, record
from domain.bookings.tables import Booking
from domain.catalog import queries as catalog
from domain.catalog.tables import Business, Service
from domain.kernel import events

CLOCK = frozenset({Code.TOO_SOON, Code.BEYOND_WINDOW})
"""What is no fault of who paid late: these rules were kept when the booking was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """All that is locked to give an expired booking its place again: its lane, its resources, and the booking."""

    booking: Booking
    locked: Locked
    business: Business
    service: Service
    offered: availability.Offers
    now: datetime


def ground_for_update(session: Session, booking_id: UUID, *, now: datetime) -> Ground:
    """Lock what an allocation of one booking locks, and end what has lapsed in its business but for itself.

    The clock may have gone on while the lane was waited for: *now* of the ground is not before what was accepted since.
    """
    asked = queries.booking_by_id(session, booking_id)
    business = catalog.lane_for_update(session, asked.business_id)
    services = catalog.services_by_id(session, [asked.service_id])
    offered = availability.offers_for_update(session, services.values())
    locked = queries.lane_for_update(session, business.id, [booking_id], now=now)
    others = [each for each in locked if each.id != booking_id]
    record(session, others, lapse(session, others, now=now), now=now)
    return Ground(
        booking=queries.reread(session, booking_id),
        locked=next(each for each in locked if each.id == booking_id),
        business=business,
        service=services[asked.service_id],
        offered=offered,
        now=now,
    )


def confirm_paid(session: Session, booking: Booking, *, now: datetime) -> bool:
    """Confirm a locked booking that awaits its payment; False when it has lost its place, with nothing written.

    A hold that has run out by the clock is as good as any until somebody ends it: its place is still its own.
    """
    if not availability.keep(session, booking.id, places=len(booking.resources), expires_at=None):
        return False
    change = Change(
        booking_id=booking.id, from_status=booking.status, to_status=Status.CONFIRMED, reason="payment_succeeded"
    )
    record(session, [booking], [change], now=now)
    session.refresh(booking)
    return True


def note_money(
    session: Session, booking: Booking, payment_status: PaymentStatus, *, paid: int, refunded: int, now: datetime
) -> None:
    """Write where the money of a locked booking stands, with its line of history and its event, if that is new."""
    version = queries.note_money(
        session, booking.id, payment_status=payment_status, paid=paid, refunded=refunded, now=now
    )
    if version is None:
        return
    fact = events.Fact(
        kind="booking.payment_changed",
        business_id=booking.business_id,
        subject_id=booking.id,
        subject_version=version,
        payload={"payment_status": payment_status, "paid": paid, "refunded": refunded},
    )
    events.record(session, [fact], now=now)
    session.refresh(booking)


def retake(session: Session, ground: Ground) -> bool:
    """Confirm an expired booking if its place is free, or, where nobody in particular was asked for, another's.

    What was held is tried first. A start that has passed is not taken again.
    """
    case = _case(ground)
    if ground.booking.starts_at <= ground.now:
        return False
    before = frozenset(UUID(each["resource_id"]) for each in ground.booking.resources)
    tried = (
        replace(case, wish=replace(case.wish, resource_ids=before & ground.offered.resources.keys())),
        case,
    )
    return any(_taken(session, ground, each) for each in tried)


def _case(ground: Ground) -> Case:
    case = booking_case(ground.locked, ground.service, ground.business, ground.now)
    wish = replace(case.wish, waived=case.wish.waived | CLOCK, terms=replace(case.wish.terms, ahead=0))
    return replace(case, wish=wish, status=Status.CONFIRMED, hold_expires_at=None)


def _taken(session: Session, ground: Ground, case: Case) -> bool:
    board = availability.board(session, ground.business, ground.offered, [case.wish], now=ground.now)
    outcome: Sequence[Candidate] | Refusal = board.decide(case.wish)
    decision = Decision(case, outcome)
    if not decision.won or not availability.occupy(session, [decision.place], now=ground.now):
        return False
    change = Change(
        booking_id=case.booking.id,
        from_status=Status.EXPIRED,
        to_status=Status.CONFIRMED,
        resources=decision.resources,
        reason="late_payment",
    )
    record(session, [ground.booking], [change], now=ground.now)
    session.refresh(ground.booking)
    return True
