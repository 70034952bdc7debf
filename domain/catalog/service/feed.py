"""The feed of a business's events, for its members."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.catalog.service.authority import business_seen, require_member
from domain.kernel import feed
from domain.kernel.feed import Page, Position


def events_of(
    session: Session,
    business_id: UUID,
    after: Position | None,
    *,
    kinds: Collection[str],
    limit: int,
    caller: Principal,
    now: datetime,
) -> Page:
    """Return what has happened in a business behind *after*, as `kernel.feed.read` does.

    Errors: NotFound, MembersOnly, FeedRestarted, FeedUnsettled.
    """
    business_seen(session, business_id, caller.roles)
    require_member(caller, business_id)
    return feed.read(session, business_id, after, kinds=kinds, limit=limit, now=now)
