"""Builders: what a test needs to have been made already, in one line each, committed like anybody else's."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from config.clock import clock
from config.transaction import Session, retried, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Claims, Principal, Registration, Role
from domain.accounts.tables import User
from domain.availability.rules.zones import LocalStart
from domain.bookings import service as bookings
from domain.bookings.rules import Another, Request
from domain.bookings.tables import Booking, Reschedule
from domain.catalog import service as catalog
from domain.catalog.rules import NewBusiness, NewService
from domain.catalog.tables import Business, Offer, Resource, Service
from domain.kernel.ids import new_id
from domain.notifications.tables import Notification

UNUSABLE_HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$x"  # nobody signs in with it, and nothing is spent on making it


@dataclass(frozen=True, slots=True)
class Shop:
    """A business with one service, its owner, and the resources that offer it."""

    owner: Principal
    business: Business
    service: Service
    resource_ids: Sequence[UUID]


def a_user(name: str = "Ada") -> Principal:
    """Register somebody, and return who they are."""
    address = f"{secrets.token_hex(8)}@example.com"
    with transaction() as session:
        grant = accounts.register(
            session, Registration(email=address, password_hash=UNUSABLE_HASH, name=name), now=clock()
        )
        return accounts.principal(session, grant.claims, now=clock())


def a_shop(*, resources: int = 0, timezone: str = "Africa/Lagos", **service: Any) -> Shop:  # noqa: ANN401
    """Open a business with one service of half an hour; with *resources* of its own, or (0) the default one."""
    owner, business = a_business(timezone)
    offered, resource_ids = a_service(owner, business.id, resources=resources, **service)
    return Shop(owner, business, offered, resource_ids)


def a_business(timezone: str = "Africa/Lagos", *, owner: Principal | None = None) -> tuple[Principal, Business]:
    """Open a business that sells nothing yet, of a new owner unless one is given; return that owner too."""
    owner = owner or a_user()
    with transaction() as session:
        new = NewBusiness(name=f"Shop {secrets.token_hex(4)}", timezone=timezone, currency="NGN")
        business = catalog.create_business(session, new, caller=owner, now=clock())
    return again(owner), business


def a_service(
    owner: Principal,
    business_id: UUID,
    *,
    resources: int = 0,
    **service: Any,  # noqa: ANN401
) -> tuple[Service, Sequence[UUID]]:
    """Offer a service, by *resources* made for it or (0) by the default one."""
    new = NewService(**{"name": "Cut", "duration_minutes": 30} | service)
    with transaction() as session:
        made = catalog.create_service(session, business_id, new, caller=owner, now=clock()).service
        rows = [Resource(business_id=business_id, name=f"Chair {number}", kind="chair") for number in range(resources)]
        session.add_all(rows)
        session.flush()
        session.add_all(Offer(service_id=made.id, resource_id=row.id) for row in rows)
        found = [row.id for row in rows] or [_default_resource(session, business_id)]
    return made, found


def a_member(shop: Shop, role: Role) -> Principal:
    """Make somebody a member of a shop, and return who they are."""
    somebody = a_user()
    with transaction() as session:
        accounts.enrol(session, shop.business.id, somebody.user_id, role)
    return again(somebody)


def prove(email: str, *, ago: timedelta = timedelta()) -> None:
    """Let the user with an address have proven that it is theirs, a while ago."""
    with transaction() as session:
        session.execute(update(User).where(User.email == email).values(email_verified_at=clock() - ago))


def prove_no_more(email: str) -> None:
    """Let the user with an address not have proven that it is theirs."""
    with transaction() as session:
        session.execute(update(User).where(User.email == email).values(email_verified_at=None))


def serve(who: Principal, resource_id: UUID) -> None:
    """Let a resource be somebody."""
    with transaction() as session:
        session.get_one(Resource, resource_id).user_id = who.user_id


def again(who: Principal) -> Principal:
    """Read a principal afresh, with the memberships they have by now."""
    with transaction() as session:
        return accounts.principal(session, Claims(user_id=who.user_id, session_id=who.session_id), now=clock())


def weekday(*, ahead: int = 3) -> datetime:
    """Return 14:00 in Lagos on the first Monday-to-Friday date at least *ahead* days from now."""
    day = datetime.now(UTC).date() + timedelta(days=ahead)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(13), UTC)


def a_request(shop: Shop, start: datetime | LocalStart, **more: Any) -> Request:  # noqa: ANN401
    """Say what somebody asks the shop for."""
    return Request(business_id=shop.business.id, service_id=shop.service.id, start=start, **more)


def a_booking(shop: Shop, start: datetime, *, by: Principal | None = None, **more: Any) -> Booking:  # noqa: ANN401
    """Accept a pending booking; nobody decides it yet."""
    with transaction() as session:
        return bookings.request(session, a_request(shop, start, **more), caller=by or shop.owner, now=clock())


def a_reschedule(booking: Booking, start: datetime, *, by: Principal, **more: Any) -> Reschedule:  # noqa: ANN401
    """Ask for a booking to be moved; nobody decides it yet."""
    wanted = Another(start=start, **more)
    with transaction() as session:
        return bookings.reschedule(session, booking.id, wanted, caller=by, now=clock())


def decide(shop: Shop) -> Sequence[UUID]:
    """Drain the shop's lane once, as a worker would; return what was decided."""
    decided = retried(lambda session: bookings.allocate(session, shop.business.id, now=clock()))
    assert decided is not None, "one of them was tried before"
    return decided


def look(booking: Booking, *, by: Principal) -> Booking:
    """Read a booking as somebody sees it now."""
    with transaction() as session:
        return bookings.seen(session, booking.id, caller=by)


def _default_resource(session: Session, business_id: UUID) -> UUID:
    return session.scalars(select(Resource.id).where(Resource.business_id == business_id, Resource.is_default)).one()


def a_message(booking: Booking) -> Notification:
    """Return a message that was sent to a booking's customer, for a session to keep."""
    return Notification(
        id=new_id(),
        business_id=booking.business_id,
        booking_id=booking.id,
        kind="confirmed",
        channel="email",
        audience="customer",
        address=booking.customer_email,
        name=booking.customer_name,
        sequence=0,
        state="sent",
        sent_at=clock(),
        due_at=clock(),
        created_at=clock(),
    )
