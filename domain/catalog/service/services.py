"""Offering services, and finding them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog import queries, rules
from domain.catalog.rules import NewService
from domain.catalog.tables import Service
from domain.kernel import events
from domain.kernel.errors import AdminsOnly, CurrencyMismatch, NotFound


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
