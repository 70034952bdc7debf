"""Endpoints: made, changed, enabled, given another secret, deleted. For owners and admins.

Secrets come and go sealed; what they are is told once, to whoever makes them.
"""

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts import service as accounts
from domain.accounts.rules import Principal
from domain.catalog.service.authority import active_for_update, business_seen, require_admin
from domain.kernel.changes import fresh, gone
from domain.kernel.errors import NotFound, StaleVersion
from domain.kernel.ids import new_id
from domain.webhooks import queries
from domain.webhooks.rules.errors import TooManyEndpoints
from domain.webhooks.rules.states import EndpointState, Reason
from domain.webhooks.rules.urls import Reach, host_of, target_of
from domain.webhooks.service.switching import AT_ONCE, bury_first, disabled, enabled_again, tell, tell_change
from domain.webhooks.tables import WebhookEndpoint

MOST = 20
SECRET_BYTES = 32
GRACE = timedelta(hours=24)

Seal = Callable[[UUID, str], bytes]
"""Encrypts a secret for the endpoint of this id."""


class Made(NamedTuple):
    """An endpoint, and its new secret, told this once."""

    row: WebhookEndpoint
    secret: str


def endpoints(
    session: Session, business_id: UUID, *, caller: Principal, after: UUID | None, limit: int
) -> Sequence[WebhookEndpoint]:
    """Return a page of a business's endpoints. Errors: NotFound, MembersOnly, AdminsOnly."""
    business_seen(session, business_id, caller.roles)
    require_admin(caller, business_id)
    return queries.endpoints(session, business_id, after=after, limit=limit)


def endpoint_of(session: Session, endpoint_id: UUID, *, caller: Principal) -> WebhookEndpoint:
    """Return an endpoint of one of the caller's businesses. Errors: NotFound, AdminsOnly."""
    found = queries.endpoint(session, endpoint_id)
    if found is None or not caller.is_member(found.business_id):
        raise NotFound(what="webhook endpoint")
    require_admin(caller, found.business_id)
    return found


def create_endpoint(
    session: Session,
    business_id: UUID,
    given: Mapping[str, Any],
    *,
    reach: Reach,
    seal: Seal,
    caller: Principal,
    now: datetime,
) -> Made:
    """Have a business's events sent somewhere: *given* are `url`, `kinds` and `description`.

    Locks the caller, their session or key, then the lane. Errors: Unauthenticated, NotFound, MembersOnly, AdminsOnly, Archived, UrlRefused, TooManyEndpoints.
    """
    business_seen(session, business_id, caller.roles)
    require_admin(caller, business_id)
    target_of(given["url"], reach)
    accounts.still_acting(session, caller, now=now)
    active_for_update(session, business_id)
    if queries.count_endpoints(session, business_id) >= MOST:
        raise TooManyEndpoints(most=MOST)
    endpoint_id, secret = new_id(), new_secret()
    made = WebhookEndpoint(
        id=endpoint_id,
        business_id=business_id,
        **given,
        secret=seal(endpoint_id, secret),
        state=EndpointState.ENABLED,
        version=1,
        created_at=now,
    )
    session.add(made)
    tell(session, "created", made, caller.actor, fresh({**given, "host": host_of(made.url)}), now)
    return Made(made, secret)


def change_endpoint(
    session: Session,
    endpoint_id: UUID,
    given: Mapping[str, Any],
    *,
    reach: Reach,
    caller: Principal,
    versions: Collection[int] | None,
    now: datetime,
) -> WebhookEndpoint:
    """Change where an endpoint is, or what it is told of.

    Errors: Unauthenticated, NotFound, AdminsOnly, StaleVersion, UrlRefused.
    """
    if "url" in given:
        target_of(given["url"], reach)
    accounts.still_acting(session, caller, now=now)
    row = locked(session, endpoint_id, caller)
    if versions is not None and row.version not in versions:
        raise StaleVersion(version=row.version)
    changed = {name: (getattr(row, name), value) for name, value in given.items() if getattr(row, name) != value}
    if "url" in changed:
        changed["host"] = (host_of(row.url), host_of(given["url"]))
    for name in given:
        setattr(row, name, given[name])
    if "url" in changed:
        row.failing_since = None
    if changed:
        tell_change(session, "updated", row, caller.actor, changed, now)
    return row


def disable_endpoint(session: Session, endpoint_id: UUID, *, caller: Principal, now: datetime) -> WebhookEndpoint:
    """Send nothing there until it is enabled; what waited is dead. Safe to repeat, whyever it was disabled before.

    Errors: NotFound, AdminsOnly.
    """
    row = locked(session, endpoint_id, caller)
    disabled(session, row, Reason.ASKED, by=caller.actor, now=now)
    return row


def enable_endpoint(session: Session, endpoint_id: UUID, *, caller: Principal, now: datetime) -> WebhookEndpoint:
    """Send there again what happens from now on; what was not sent meanwhile can be replayed. Safe to repeat.

    Errors: NotFound, AdminsOnly, EndpointClearing.
    """
    row = locked(session, endpoint_id, caller)
    enabled_again(session, row, by=caller.actor, now=now)
    return row


def rotate_secret(session: Session, endpoint_id: UUID, *, seal: Seal, caller: Principal, now: datetime) -> Made:
    """Give an endpoint another secret. For a day everything is signed with the one before it, too.

    What waits because the one before could not be read is sent now.
    Errors: Unauthenticated, NotFound, AdminsOnly.
    """
    accounts.still_acting(session, caller, now=now)
    row = locked(session, endpoint_id, caller)
    secret = new_secret()
    row.previous_secret, row.previous_until = row.secret, now + GRACE
    row.secret = seal(row.id, secret)
    tell_change(session, "secret_rotated", row, caller.actor, {"secret": None}, now)
    queries.hurry_unsigned(session, row.id, limit=AT_ONCE, now=now)
    return Made(row, secret)


def delete_endpoint(
    session: Session,
    endpoint_id: UUID,
    *,
    caller: Principal,
    now: datetime,
    versions: Collection[int] | None = None,
) -> None:
    """Send nothing more there; what waited is dead. Errors: NotFound, AdminsOnly, StaleVersion."""
    row = locked(session, endpoint_id, caller)
    if versions is not None and row.version not in versions:
        raise StaleVersion(version=row.version)
    row.state, row.disabled_reason = EndpointState.DELETED, None
    row.secret, row.previous_secret, row.previous_until = b"", None, None
    tell_change(session, "deleted", row, caller.actor, gone({"host": host_of(row.url)}), now)
    bury_first(session, row.id, now=now)


def locked(session: Session, endpoint_id: UUID, caller: Principal) -> WebhookEndpoint:
    """Lock an endpoint of one of the caller's businesses. Errors: NotFound, AdminsOnly."""
    endpoint_of(session, endpoint_id, caller=caller)
    row = queries.endpoint_for_update(session, endpoint_id)
    if row.state == EndpointState.DELETED:
        raise NotFound(what="webhook endpoint")
    return row


def new_secret() -> str:
    """Return a secret as Standard Webhooks writes them."""
    return f"whsec_{b64encode(token_bytes(SECRET_BYTES)).decode()}"
