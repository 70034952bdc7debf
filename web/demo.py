"""The demo: a user, a business and two services to try things out with. Their password is known to everybody.

The pages of the API are signed in by a key of that user's, which is told to whoever asks this server. So there is neither
demo nor key in production.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from config.clock import clock
from config.demo import keep_key, kept_key
from config.settings import settings
from config.transaction import Session, reading, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Registration, key_read, password_hash, proven
from domain.accounts.rules.errors import InvalidCredentials
from domain.catalog import service as catalog
from domain.catalog.rules import NewBusiness, NewService
from domain.kernel.errors import NotFound, Unauthenticated
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money

EMAIL = "demo@example.com"
PASSWORD = "demo-password"  # noqa: S105 - printed at every start, and only ever made outside of production
SLUG = "demo-salon"
KEY_NAME = "Pages of the API"


class Demo(NamedTuple):
    """What to ask about, by the names of the parameters that take it."""

    business_id: str
    service_id: str


def made() -> Demo:
    """Make what is not there yet, and a key for the pages of the API unless the one that is kept is good."""
    hashed = password_hash(PASSWORD)
    with transaction() as session:
        is_known = accounts.credentials(session, EMAIL) is not None
    if not is_known:
        _make(hashed, clock())
    with suppress(InvalidCredentials):  # somebody has chosen another password: then the pages sign nobody in
        _keep_a_good_key(clock())
    with reading() as session:
        return _found(session)


def offered() -> Mapping[str, object] | None:
    """Return the key and what to ask about with it; None in production, and where the demo or its key is no more."""
    key = kept_key()
    proof = key_read(key) if key else None
    if proof is None or settings().is_production:
        return None
    with suppress(Unauthenticated, NotFound), reading() as session:
        if accounts.principal(session, proof, now=clock()).email == EMAIL:
            return {"api_key": key, "ids": {**_found(session)._asdict(), "slug": SLUG}}
    return None


def _found(session: Session) -> Demo:
    business = catalog.business_of(session, SLUG)
    first = catalog.list_services(session, business.id, after=None, limit=1)[0].service
    return Demo(shown(Kind.BUSINESS, business.id), shown(Kind.SERVICE, first.id))


def _make(hashed: str, now: datetime) -> None:
    cut = NewService(name="Haircut", duration_minutes=30, price=Money(450_000, "NGN"), payment_required=False)
    yoga = NewService(name="Yoga class", duration_minutes=60, capacity=12)
    new = NewBusiness(name="Demo Salon", slug=SLUG, timezone="Africa/Lagos", currency="NGN", city="Lagos")
    with transaction() as session:
        grant = accounts.register(session, Registration(email=EMAIL, password_hash=hashed, name="Demo"), now=now)
        owner = accounts.principal(session, grant.claims, now=now)
        business = catalog.create_business(session, new, caller=owner, now=now)
        owner = accounts.principal(session, grant.claims, now=now)  # who has become a member
        catalog.create_service(session, business.id, cut, caller=owner, now=now)
    with transaction() as session:  # each takes the lane, and a transaction takes it once
        catalog.create_service(session, business.id, yoga, caller=owner, now=now)


def _keep_a_good_key(now: datetime) -> None:
    if offered() is not None:
        return
    with reading() as session:
        known = accounts.credentials(session, EMAIL)
    proof = proven(known, PASSWORD)
    with transaction() as session:
        grant = accounts.login(session, proof, None, now=now)
        owner = accounts.principal(session, grant.claims, now=now)
        before = accounts.list_keys(session, caller=owner, after=None, limit=100, now=now)
    for row in before:
        if row.name == KEY_NAME:
            with transaction() as session:  # each locks the account, and a transaction does so once
                accounts.revoke_key(session, row.id, caller=owner, now=now)
    with transaction() as session:
        minted = accounts.create_key(session, KEY_NAME, caller=owner, now=now)
        accounts.logout(session, caller=owner, now=now)
    keep_key(minted.key)
