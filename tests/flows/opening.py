"""Opening premises: everything that is in an oracle's world, as rows in PostgreSQL."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from config.clock import clock
from config.transaction import Session, transaction
from domain.bookings.tables import Booking as BookingRow
from domain.catalog import service as catalog
from domain.catalog.rules import NewBusiness
from domain.catalog.tables import Business, Offer, Schedule, Service, TimeOff
from domain.catalog.tables import Resource as ResourceRow
from domain.kernel.ids import new_id
from tests.builders import a_user, again
from tests.flows.premises import MINUTE, Premises, possible
from tests.oracle.world import OURS, Booking, World
from tests.oracle.world import Schedule as Hours

POLICY = {"free_until_hours": 0, "fee_percent": 0}
HOURS_OF_BUSINESS = text(
    "UPDATE schedules SET timezone = :zone, weekly = :week, overrides = :dates WHERE business_id = :id"
)
CLAIM = text("""
    INSERT INTO claims (booking_id, resource_id, service_id, starts_at, ends_at, footprint, seats, exclusive, expires_at)
    VALUES (:booking, :resource, :service, to_timestamp(:start), to_timestamp(:end),
            tstzrange(to_timestamp(:start - :before), to_timestamp(:end + :after)), :seats, :alone, to_timestamp(:lapses))
""")


def premises(drawn: World) -> Premises:
    """Write a world down. The clock shows its time."""
    world = possible(drawn)
    owner = a_user()
    with transaction() as session:
        new = NewBusiness(name="Premises", timezone=world.service.zone, currency="NGN")
        business = catalog.create_business(session, new, caller=owner, now=clock())
        ours, theirs = _service(world, business), _another(business)
        session.add_all([ours, theirs])
        session.flush()
        made = Premises(
            world=world, owner=again(owner), business=business, service=ours, first_id=new_id(), booking_ids={}
        )
        _resources(session, made)
        _hours(session, made)
        session.add_all(_closures(made))
        booked = {each: new_id() for each in world.bookings}
        admitted = [
            each
            for each, id_ in booked.items()
            if _admitted(session, made, each, id_, ours if each.service == OURS else theirs)
        ]
    return replace(
        made,
        owner=again(owner),
        world=replace(world, bookings=tuple(admitted)),
        booking_ids={each.number: booked[each] for each in admitted},
    )


def _service(world: World, business: Business) -> Service:
    service = world.service
    return Service(
        business_id=business.id,
        name="Ours",
        duration_minutes=service.minutes,
        slot_interval_minutes=service.interval,
        buffer_before_minutes=service.minutes_before,
        buffer_after_minutes=service.minutes_after,
        min_notice_minutes=service.notice // MINUTE,
        max_advance_days=service.window,
        roles=[str(place) for place in range(len(world.roles))],
        capacity=service.capacity,
        daily_limit=service.daily_limit,
        requires_approval=service.held and world.now % 2 == 0,
        price_amount=500 if service.held and world.now % 2 else 0,
        payment_required=service.held,
        cancellation_policy=POLICY,
    )


def _another(business: Business) -> Service:
    return Service(
        business_id=business.id, name="Another", duration_minutes=30, payment_required=False, cancellation_policy=POLICY
    )


def _resources(session: Session, made: Premises) -> None:
    everybody = [(each, str(place)) for place, role in enumerate(made.world.roles) for each in role]
    gone = {number for each in made.world.bookings for number in each.resources}.difference(made.numbers)
    rows = [
        ResourceRow(
            id=made.resource_id(each.number),
            business_id=made.business.id,
            name="One",
            kind="chair",
            priority=each.priority,
        )
        for each, _ in everybody
    ]
    rows += [
        ResourceRow(
            id=made.resource_id(number), business_id=made.business.id, name="Gone", kind="chair", archived_at=clock()
        )
        for number in gone
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        Offer(service_id=made.service.id, resource_id=made.resource_id(each.number), role=role)
        for each, role in everybody
    )


def _hours(session: Session, made: Premises) -> None:
    """Let the first schedule be the business's, and the others those of their resources."""
    first, *_ = made.world.schedules
    named = {"id": made.business.id, **_kept(first, made)}
    session.execute(HOURS_OF_BUSINESS, named | {"week": json.dumps(named["week"]), "dates": json.dumps(named["dates"])})
    for each in (each for role in made.world.roles for each in role if each.schedule):
        kept = _kept(made.world.schedules[each.schedule], made)
        session.add(
            Schedule(
                business_id=made.business.id,
                resource_id=made.resource_id(each.number),
                timezone=kept["zone"],
                weekly=kept["week"],
                overrides=kept["dates"],
            )
        )


def _kept(hours: Hours, made: Premises) -> dict[str, object]:
    return {
        "zone": None if hours.zone == made.world.service.zone else hours.zone,
        "week": [[day, *block] for day, blocks in enumerate(hours.week) for block in blocks],
        "dates": {_iso(day): [[*block] for block in blocks] for day, blocks in hours.overrides.items()},
    }


def _iso(day: date) -> str:
    return day.isoformat()


def _closures(made: Premises) -> Iterator[TimeOff]:
    for each in made.world.closures:
        whose = None if each.resource is None else made.resource_id(each.resource)
        during = Range(_instant(each.start), _instant(each.end), bounds="[)")
        yield TimeOff(business_id=made.business.id, resource_id=whose, during=during)


def _admitted(session: Session, made: Premises, booking: Booking, booking_id: UUID, service: Service) -> bool:
    """Write a booking and its claims, or nothing of it where the database has something against that."""
    savepoint = session.begin_nested()
    try:
        session.add(_booking(made, booking, booking_id, service))
        session.flush()
        for number in booking.resources:
            session.execute(CLAIM, _claim(made, booking, booking_id, service, number))
    except IntegrityError:
        savepoint.rollback()
        return False
    savepoint.commit()
    return True


def _claim(made: Premises, booking: Booking, booking_id: UUID, service: Service, number: int) -> dict[str, object]:
    return {
        "booking": booking_id,
        "resource": made.resource_id(number),
        "service": service.id,
        "start": booking.start,
        "end": booking.end,
        "before": booking.minutes_before * MINUTE,
        "after": booking.minutes_after * MINUTE,
        "seats": booking.seats,
        "alone": service.capacity == 1,
        "lapses": booking.expires_at,
    }


def _booking(made: Premises, booking: Booking, booking_id: UUID, service: Service) -> BookingRow:
    role = {each.number: str(place) for place, each_role in enumerate(made.world.roles) for each in each_role}
    ids = [{"role": role.get(each, "0"), "resource_id": str(made.resource_id(each))} for each in booking.resources]
    start = _instant(booking.start)
    lapses = None if booking.expires_at is None else _instant(booking.expires_at)
    return BookingRow(
        id=booking_id,
        business_id=made.business.id,
        service_id=service.id,
        resource_id=made.resource_id(booking.resources[0]),
        resources=ids,
        booked_by=made.owner.user_id,
        customer_name="Ada",
        customer_email="ada@example.com",
        status="confirmed" if lapses is None else "awaiting_approval",
        payment_status="not_required",
        starts_at=start,
        ends_at=_instant(booking.end),
        timezone=made.world.service.zone,
        local_start=f"{start:%Y-%m-%dT%H:%M:%S}",
        tzdata_version="2026a",
        buffer_before_minutes=booking.minutes_before,
        buffer_after_minutes=booking.minutes_after,
        party=booking.seats,
        price_amount=0,
        currency="NGN",
        cancellation_policy=POLICY,
        hold_expires_at=lapses,
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
