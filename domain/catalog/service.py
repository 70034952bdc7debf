"""The catalog's verbs: open a business, offer a service, look them up."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.accounts.rules import Principal, Role
from domain.catalog import queries, rules
from domain.catalog.rules import NewBusiness, NewService
from domain.catalog.tables import Business, Lane, Resource, Schedule, Service
from domain.kernel import events
from domain.kernel.errors import AdminsOnly, CurrencyMismatch, NotFound, SlugTaken
from domain.kernel.ids import Kind, new_id, parsed


def create_business(session: Session, new: NewBusiness, *, caller: Principal, now: datetime) -> Business:
    """Open a business that can be booked at once: its lane, itself as the default resource, hours nine to five.

    Errors: SlugTaken when the slug asked for is another's; a slug made from the name is varied instead.
    """
    business = _insert_business(session, new, caller)
    session.add_all(
        [
            Lane(business_id=business.id),
            Resource(business_id=business.id, name=business.name, kind="business", is_default=True),
            Schedule(business_id=business.id, weekly=rules.NINE_TO_FIVE, overrides={}),
        ]
    )
    accounts.enrol(session, business.id, caller.user_id, Role.OWNER)
    events.record(
        session,
        [events.Fact(kind="business.created", business_id=business.id, subject_id=business.id, subject_version=1)],
        now=now,
    )
    session.flush()
    return business


def _insert_business(session: Session, new: NewBusiness, caller: Principal) -> Business:
    values = {name: getattr(new, name) for name in NewBusiness.__slots__} | {"account_id": caller.account_id}
    slug = new.slug or rules.slug_of(new.name)
    attempts = (slug,) if new.slug else (slug, *(rules.another_slug(slug) for _ in range(3)))
    for attempt in attempts:
        business = queries.insert_business(session, values | {"id": new_id(), "slug": attempt})
        if business is not None:
            return business
    raise SlugTaken(slug=slug)


def business_of(session: Session, slug_or_id: str) -> Business:
    """Return an active business by slug or by public id. Errors: NotFound."""
    business_id = parsed(Kind.BUSINESS, slug_or_id)
    found = queries.business(session, business_id) if business_id else queries.business_by_slug(session, slug_or_id)
    if found is None:
        raise NotFound(what="business")
    return found


def list_businesses(session: Session, *, after: UUID | None, limit: int) -> Sequence[Business]:
    """Return a page of active businesses."""
    return queries.businesses(session, after=after, limit=limit)


def create_service(
    session: Session, business_id: UUID, new: NewService, *, caller: Principal, now: datetime
) -> tuple[Service, str]:
    """Offer a service; return it with its currency, the business's.

    Errors: NotFound, AdminsOnly, CurrencyMismatch.
    """
    business = queries.business(session, business_id)
    if business is None:
        raise NotFound(what="business")
    if not caller.is_admin(business_id):
        raise AdminsOnly
    if new.price and new.price.currency != business.currency:
        raise CurrencyMismatch(currency=business.currency)
    values = {name: getattr(new, name) for name in NewService.__slots__ if name not in ("price", "payment_required")}
    service = Service(
        business_id=business_id,
        price_amount=new.price_amount,
        payment_required=rules.needs_payment(new),
        **values,
    )
    session.add(service)
    session.flush()
    events.record(
        session,
        [events.Fact(kind="service.created", business_id=business_id, subject_id=service.id, subject_version=1)],
        now=now,
    )
    session.refresh(service)
    return service, business.currency


def service_of(session: Session, service_id: UUID) -> tuple[Service, str]:
    """Return an active service, with its currency. Errors: NotFound."""
    service = queries.service(session, service_id)
    business = queries.business(session, service.business_id) if service else None
    if service is None or business is None:
        raise NotFound(what="service")
    return service, business.currency


def list_services(
    session: Session, business_id: UUID, *, after: UUID | None, limit: int
) -> tuple[Sequence[Service], str]:
    """Return a page of a business's active services, with their currency. Errors: NotFound."""
    business = queries.business(session, business_id)
    if business is None:
        raise NotFound(what="business")
    return queries.services(session, business_id, after=after, limit=limit), business.currency
