"""Every SQL statement of the availability room: who occupies what, and when a resource is closed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, column, exists, func, literal, or_, select, update
from sqlalchemy import values as value_rows
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, Range, insert
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Session, aliased

from domain.availability.tables import Claim
from domain.catalog.tables import Resource, TimeOff
from domain.kernel import locks

REACH = timedelta(days=2)  # buffers are a day at most

Moments = Sequence[tuple[int, int]]
"""Half-open spans of UTC seconds, ascending and apart."""


def live_claims(session: Session, resource_ids: Collection[UUID], moments: Moments) -> Sequence[Claim]:
    """Return every claim that is not released and meets *moments*; the allocator's view, under the lane's lock.

    Lapsed holds are among them until somebody releases them, because the database's guards count them too.
    """
    return _claims(session, resource_ids, *_meeting(resource_ids, moments))


def occupying_claims(
    session: Session, resource_ids: Collection[UUID], moments: Moments, *, now: datetime
) -> Sequence[Claim]:
    """Return the claims that occupy at *now*; a reader's view, in which a hold ends by the clock."""
    return _claims(session, resource_ids, *_meeting(resource_ids, moments), _unexpired(now))


def starts_of_services(
    session: Session, service_ids: Collection[UUID], moments: Moments, *, now: datetime
) -> Sequence[tuple[UUID, datetime]]:
    """Return (service id, start) once for each occupying booking that starts within *moments*, for the daily limit."""
    since, until = moments[0][0], moments[-1][1]
    rows = session.execute(
        select(Claim.service_id, Claim.starts_at)
        .where(
            Claim.service_id.in_(service_ids),
            Claim.released_at.is_(None),
            _unexpired(now),
            Claim.starts_at >= instant(since),
            Claim.starts_at < instant(until),
        )
        .group_by(Claim.service_id, Claim.starts_at, Claim.booking_id)
    )
    return [(service_id, starts_at) for service_id, starts_at in rows]


def closures(
    session: Session, business_id: UUID, resource_ids: Collection[UUID], moments: Moments
) -> Sequence[TimeOff]:
    """Return the time off of the business and of the resources that meets *moments*."""
    return session.scalars(
        select(TimeOff).where(
            TimeOff.business_id == business_id,
            or_(TimeOff.resource_id.is_(None), TimeOff.resource_id.in_(resource_ids)),
            func.upper(TimeOff.during) > instant(moments[0][0]),
            TimeOff.during.bool_op("&&")(_multirange(moments)),
        )
    ).all()


class Ahead(NamedTuple):
    """A place that a booking has, and that begins later than now."""

    booking_id: UUID
    resource_id: UUID
    service_id: UUID
    starts_at: datetime
    ends_at: datetime


def ahead(session: Session, *such: ColumnElement[bool], now: datetime) -> Sequence[Ahead]:
    """Return what occupies at *now* and starts later, and is *such*."""
    rows = session.execute(
        select(Claim.booking_id, Claim.resource_id, Claim.service_id, Claim.starts_at, Claim.ends_at)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(Claim.released_at.is_(None), _unexpired(now), Claim.starts_at > now, *such)
    )
    return [Ahead(*row) for row in rows]


def on_resource(resource_id: UUID) -> ColumnElement[bool]:
    """Say that a claim is on a resource, so that the gist index finds it."""
    asked = func.uuidrange(
        literal(resource_id, PG_UUID(as_uuid=True)), literal(resource_id, PG_UUID(as_uuid=True)), "[]"
    )
    return func.uuidrange(Claim.resource_id, Claim.resource_id, "[]").bool_op("&&")(asked)


def mistaken(session: Session, service_id: UUID, *, capacity: int, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Return (booking id, resource id) of live claims that are exclusive, or not, as another capacity had it."""
    wrong = Claim.exclusive.is_(capacity > 1)
    rows = session.execute(select(Claim.booking_id, Claim.resource_id).where(*_reachable(service_id, now), wrong))
    return [(booking_id, resource_id) for booking_id, resource_id in rows]


def share(session: Session, service_id: UUID, *, now: datetime) -> None:
    """Let every live claim of a service stand beside others of it. The caller holds their resources and bookings."""
    locks.require(session, "lanes", "resources", "bookings")
    session.execute(
        update(Claim)
        .where(*_reachable(service_id, now), Claim.exclusive)
        .values(exclusive=False)
        .execution_options(synchronize_session=False)
    )


def stop_sharing(session: Session, service_id: UUID, *, now: datetime) -> None:
    """Make each live claim of a service exclusive that has one seat and meets no other; others stay as they are.

    The caller holds their resources and bookings.
    """
    locks.require(session, "lanes", "resources", "bookings")
    other = aliased(Claim)
    met = exists().where(
        func.uuidrange(other.resource_id, other.resource_id, "[]").bool_op("&&")(
            func.uuidrange(Claim.resource_id, Claim.resource_id, "[]")
        ),
        other.footprint.bool_op("&&")(Claim.footprint),
        other.released_at.is_(None),
        other.id != Claim.id,
    )
    session.execute(
        update(Claim)
        .where(*_reachable(service_id, now), ~Claim.exclusive, Claim.seats == 1, ~met)
        .values(exclusive=True)
        .execution_options(synchronize_session=False)
    )


def insert_claims(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Insert claims, skipping those that meet a live exclusive one; return how many went in.

    The caller holds the lane and the resources. A claim that a trigger refuses raises IntegrityError (23P01).
    """
    locks.require(session, "lanes", "resources")
    return len(session.scalars(insert(Claim).on_conflict_do_nothing().returning(Claim.id), rows).all())


def release(session: Session, booking_ids: Collection[UUID], *, now: datetime) -> None:
    """End the claims of bookings that the caller has locked."""
    locks.require(session, "bookings")
    session.execute(
        update(Claim)
        .where(Claim.booking_id.in_(booking_ids), Claim.released_at.is_(None))
        .values(released_at=now)
        .execution_options(synchronize_session=False)
    )


def extend(session: Session, booking_id: UUID, *, expires_at: datetime | None) -> int:
    """Let the live claims of a locked booking last until *expires_at* (None: for good); return how many there are."""
    locks.require(session, "bookings")
    kept = session.scalars(
        update(Claim)
        .where(Claim.booking_id == booking_id, Claim.released_at.is_(None))
        .values(expires_at=expires_at)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    return len(kept.all())


def _claims(session: Session, resource_ids: Collection[UUID], *where: ColumnElement[bool]) -> Sequence[Claim]:
    # Nobody is left to offer what was asked for: there is no such thing as an empty VALUES.
    return session.scalars(select(Claim).where(*where)).all() if resource_ids else ()


def _meeting(resource_ids: Collection[UUID], moments: Moments) -> Iterable[ColumnElement[bool]]:
    # As the gist index has it: a resource is a range of one uuid, so that no extension is needed.
    wanted = value_rows(column("id", PG_UUID(as_uuid=True)), name="wanted").data([(each,) for each in resource_ids])
    resource = func.uuidrange(Claim.resource_id, Claim.resource_id, "[]")
    asked = func.uuidrange(wanted.c.id, wanted.c.id, "[]")
    return (
        resource.bool_op("&&")(asked),
        Claim.footprint.bool_op("&&")(_multirange(moments)),
        Claim.released_at.is_(None),
    )


def _reachable(service_id: UUID, now: datetime) -> Iterable[ColumnElement[bool]]:
    # What is over is left alone, but not what the buffers of a booking that begins now could still meet.
    return Claim.service_id == service_id, Claim.released_at.is_(None), func.upper(Claim.footprint) > now - REACH


def _unexpired(now: datetime) -> ColumnElement[bool]:
    return or_(Claim.expires_at.is_(None), Claim.expires_at > now)


def _multirange(moments: Moments) -> ColumnElement[Any]:
    return literal([Range(instant(start), instant(end)) for start, end in moments], TSTZMULTIRANGE())


def instant(seconds: int) -> datetime:
    """Return the instant of a count of UTC seconds, as PostgreSQL takes it."""
    return datetime.fromtimestamp(seconds, UTC)
