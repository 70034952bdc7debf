"""Businesses: open, find, change, archive."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.accounts.rules import Principal, Role
from domain.catalog import queries, rules
from domain.catalog.rules import BusinessFilters, CurrencyInUse, NewBusiness
from domain.catalog.service.authority import active_for_update, require_admin, require_owner
from domain.catalog.service.changes import Versions, apply, expect, tell
from domain.catalog.tables import Business, Lane, Resource, Schedule
from domain.kernel.changes import fresh
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
    made = fresh({name: getattr(new, name) for name in NewBusiness.__slots__} | {"slug": business.slug})
    tell(session, "business.created", business, business.id, by=caller.actor, changes=made, now=now)
    return business


def business_of(session: Session, slug_or_id: str, *, member_of: Collection[UUID] = ()) -> Business:
    """Return an active business, or one among *member_of*, by slug or by public id. Errors: NotFound."""
    business_id = parsed(Kind.BUSINESS, slug_or_id)
    if business_id:
        found = queries.business(session, business_id, member_of=member_of)
    else:
        found = queries.business_by_slug(session, slug_or_id, member_of=member_of)
    if found is None:
        raise NotFound(what="business")
    return found


def business_name(session: Session, business_id: UUID) -> str:
    """Return the name of a business that somebody has a link to, archived or not. Errors: NotFound."""
    found = queries.business(session, business_id, member_of=[business_id])
    if found is None:
        raise NotFound(what="business")
    return found.name


def list_businesses(
    session: Session, filters: BusinessFilters, *, after: UUID | None, limit: int
) -> Sequence[Business]:
    """Return a page of active businesses."""
    return queries.businesses(session, filters, after=after, limit=limit)


def business_to_change(session: Session, slug_or_id: str, *, caller: Principal, versions: Versions = None) -> Business:
    """Return a business that an admin is about to change, with its lane locked.

    Errors: NotFound, MembersOnly, AdminsOnly, Archived, StaleVersion.
    """
    seen = business_of(session, slug_or_id, member_of=caller.roles)
    require_admin(caller, seen.id)
    business = active_for_update(session, seen.id)
    expect(business.version, versions)
    return business


def change_business(
    session: Session, business: Business, given: Mapping[str, Any], *, caller: Principal, now: datetime
) -> Business:
    """Change the fields *given* of a business whose lane is locked.

    A change of the currency has to be refused before when it is booked: see `bookings.service.change_business`.
    Errors: SlugTaken, CurrencyInUse.
    """
    if rules.moves_currency(business.currency, given) and queries.has_price(session, business.id):
        raise CurrencyInUse(currency=business.currency)
    changes = apply(business, given, now=now)
    if changes:
        if not queries.saved(session):
            raise SlugTaken(slug=given["slug"])
        tell(session, "business.updated", business, business.id, by=caller.actor, changes=changes, now=now)
    return business


def archive_business(
    session: Session, slug_or_id: str, *, caller: Principal, now: datetime, versions: Versions = None
) -> Business:
    """Close a business for good: nobody finds it any more but its members, and nothing of it can be booked.

    Its bookings stay as they are. One that is archived already is left alone.
    Errors: NotFound, MembersOnly, OwnersOnly, StaleVersion.
    """
    seen = business_of(session, slug_or_id, member_of=caller.roles)
    require_owner(caller, seen.id)
    business = queries.lane_for_update(session, seen.id)
    if business.archived_at is None:
        expect(business.version, versions)
        changes = apply(business, {"archived_at": now}, now=now)
        tell(session, "business.archived", business, business.id, by=caller.actor, changes=changes, now=now)
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
