"""Opening businesses, and finding them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.accounts.rules import Principal, Role
from domain.catalog import queries, rules
from domain.catalog.rules import NewBusiness
from domain.catalog.tables import Business, Lane, Resource, Schedule
from domain.kernel import events
from domain.kernel.errors import NotFound, SlugTaken
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
