"""Writing down what became of a lane's cases: rows, history, events, each kind in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from domain.availability.rules.model import Refusal
from domain.bookings import queries
from domain.bookings.queries import Change, Elsewhere, Locked, Moved, Refused
from domain.bookings.rules import Status
from domain.bookings.service.cases import Case, Decision
from domain.bookings.service.move import record
from domain.kernel import events
from domain.kernel.outside import in_utc


def write(
    session: Session,
    locked: Sequence[Locked],
    ended: Sequence[Change],
    decisions: Sequence[Decision],
    *,
    now: datetime,
) -> None:
    """Write the holds that *ended* and the *decisions* on bookings and on reschedules."""
    record(session, locked, [*ended, *(_change(each) for each in decisions if each.case.move is None)], now=now)
    moves = [(each, each.case.move) for each in decisions if each.case.move is not None]
    facts = [*_moved(session, moves, now), *_refused(session, moves, now)]
    events.record(session, facts, now=now)


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
        resources=decision.resources,
        hold_expires_at=case.hold_expires_at,
    )


def _moved(session: Session, moves: Sequence[tuple[Decision, Elsewhere]], now: datetime) -> Iterable[events.Fact]:
    won = [(each, move) for each, move in moves if each.won]
    if not won:
        return ()
    rows = [
        Moved(
            reschedule_id=move.id,
            booking_id=each.case.booking.id,
            from_status=each.case.booking.status,
            resources=each.resources,
            hold_expires_at=each.case.hold_expires_at,
        )
        for each, move in won
    ]
    versions = queries.move_elsewhere(session, rows, now=now)
    return [
        _fact(
            "booking.rescheduled",
            each.case,
            move,
            versions[each.case.booking.id],
            {
                "starts_at": [in_utc(each.case.booking.starts_at), in_utc(move.starts_at)],
                "resource_id": [_first(each.case.booking.resources), _first(each.resources)],
                "resources": [each.case.booking.resources, each.resources],
            },
        )
        for each, move in won
    ]


def _refused(session: Session, moves: Sequence[tuple[Decision, Elsewhere]], now: datetime) -> Iterable[events.Fact]:
    lost = [(each, move, each.outcome) for each, move in moves if isinstance(each.outcome, Refusal)]
    if not lost:
        return ()
    rows = [Refused(reschedule_id=move.id, code=why.code, reasons=why.reasons) for _, move, why in lost]
    queries.refuse(session, rows, now=now)
    booking_ids = [each.case.booking.id for each, _, _ in lost]
    versions = queries.note(session, booking_ids, "reschedule_refused", now=now)
    return [
        _fact(
            "booking.reschedule_refused",
            each.case,
            move,
            versions[each.case.booking.id],
            {"starts_at": in_utc(move.starts_at), "reason": why.code, "reasons": list(why.reasons)},
        )
        for each, move, why in lost
    ]


def _first(resources: Sequence[Mapping[str, str]]) -> str:
    return resources[0]["resource_id"]


def _fact(kind: str, case: Case, move: Elsewhere, version: int, payload: dict[str, object]) -> events.Fact:
    return events.Fact(
        kind=kind,
        business_id=case.booking.business_id,
        subject_id=case.booking.id,
        subject_version=version,
        payload=payload,
        request_id=move.request_id,
    )
