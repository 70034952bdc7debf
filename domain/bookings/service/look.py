"""Looking at a booking: by those who may see it, while they wait for it, and what else was free."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.availability import service as availability
from domain.bookings import queries
from domain.bookings.rules import Sought
from domain.bookings.service.cases import lengths_of
from domain.bookings.tables import Booking, Move, Reschedule
from domain.kernel.errors import DomainError, NotFound

ASKED_AGAIN = timedelta(hours=1)  # a refusal of long ago is history: nobody looks for another start by it


def seen(session: Session, booking_id: UUID, *, caller: Principal) -> Booking:
    """Return a booking that the caller made or serves; a guest only their own. Errors: NotFound."""
    if not caller.may_touch(booking_id):
        raise NotFound(what="booking")
    if caller.booking_id is not None:
        return queries.reread(session, booking_id)
    found = queries.booking(session, booking_id, seen_by=caller.user_id, businesses=caller.roles.keys())
    if found is None:
        raise NotFound(what="booking")
    return found


def found(
    session: Session, sought: Sought, *, caller: Principal, after: UUID | None, limit: int, now: datetime
) -> Sequence[Booking]:
    """Return a page of the bookings sought that the caller made, is the customer of, or that are at a business of theirs: the newest first.

    What the caller may not see is left out, and not refused: a filter does not tell what there is.
    """
    theirs = caller.roles.keys() if sought.business_id is None else caller.roles.keys() & {sought.business_id}
    return queries.bookings(
        session, sought, seen_by=caller.user_id, businesses=theirs, after=after, limit=limit, now=now
    )


def history(session: Session, booking_id: UUID, *, caller: Principal, after: int, limit: int) -> Sequence[Move]:
    """Return what happened to a booking that the caller may see, after the version *after*. Errors: NotFound."""
    return queries.history(session, seen(session, booking_id, caller=caller).id, after=after, limit=limit)


def visible(session: Session, booking_ids: Collection[UUID], *, caller: Principal) -> Collection[UUID]:
    """Return those of some bookings that the caller may see."""
    theirs = [each for each in booking_ids if caller.may_touch(each)]
    if not theirs or caller.booking_id is not None:
        return set(theirs)
    return queries.visible(session, theirs, seen_by=caller.user_id, businesses=caller.roles.keys())


def is_decided(session: Session, booking_id: UUID) -> bool:
    """Tell whether a booking is pending no more, nor its reschedule."""
    return not queries.is_open(session, booking_id)


def last_reschedule(session: Session, booking_id: UUID) -> Reschedule | None:
    """Return the latest reschedule of a booking, whatever became of it."""
    return last_reschedules(session, [booking_id]).get(booking_id)


def last_reschedules(session: Session, booking_ids: Collection[UUID]) -> Mapping[UUID, Reschedule]:
    """Return the latest reschedule of each booking that has one."""
    return queries.last_reschedules(session, booking_ids)


def reschedule_of(session: Session, reschedule_id: UUID, *, caller: Principal) -> tuple[Reschedule, Booking]:
    """Return a reschedule that was accepted, and its booking as the caller sees it. Errors: NotFound."""
    found = queries.reschedule(session, reschedule_id)
    return found, seen(session, found.booking_id, caller=caller)


def alternatives(
    session: Session, booking: Booking, *, now: datetime, wanted: Reschedule | None = None
) -> availability.Offered | None:
    """Return the free starts nearest to the one that a refused booking, or its reschedule *wanted*, asked for.

    Those of its date come first, then those of the days around it that can be booked. None when the service is not
    offered any more.
    """
    if now - (wanted.decided_at if wanted and wanted.decided_at else booking.updated_at) > ASKED_AGAIN:
        return None
    asked_for = wanted or booking
    asked = availability.Asked(
        service_id=booking.service_id,
        resource_ids=asked_for.wanted_resource_ids,
        party=booking.party,
        lengths=lengths_of(booking) if wanted else None,
        is_held=booking.hold_expires_at is not None if wanted else None,
        besides=booking.id if wanted else None,
    )
    # Archived, smaller or without that resource by now, or more than can be looked through: the refusal stands, there
    # is just nothing else to offer.
    with suppress(DomainError):
        return availability.alternatives(session, asked, asked_for.starts_at, now=now)
    return None
