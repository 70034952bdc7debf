"""Every list of what happens is asked for by when it was made, from an instant until before another, page by page too."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect, select

from config.transaction import Session, transaction
from domain.kernel.audit import AuditEntry
from domain.kernel.ids import Kind, id_at, new_id, parsed
from domain.kernel.outside import rfc3339
from domain.kernel.tables import Base
from domain.notifications.tables import Notification
from domain.payments.tables import Dispute, LedgerEntry, Payment, ProviderEvent, Refund
from domain.webhooks.tables import WebhookDelivery
from tests.walks.walker import Walker, doer, operations

SETTINGS = "settings, of which there are a few, each as long as it is wanted"
NOT_ASKED_BY_TIME = {
    **dict.fromkeys(
        (
            "GET /api/auth/sessions",
            "GET /api/api-keys",
            "GET /api/businesses",
            "GET /api/businesses/{slug}/members",
            "GET /api/businesses/{slug}/invitations",
            "GET /api/businesses/{slug}/provider-accounts",
            "GET /api/services",
            "GET /api/resources",
            "GET /api/calendar-feeds",
            "GET /api/webhook-endpoints",
        ),
        SETTINGS,
    ),
    "GET /api/time-off": "it is asked for by when it is: `starts_from`, `starts_to`",
    "GET /api/bookings": "they are asked for by when they are, and by what has become of them: `updated_since`",
    "GET /api/bookings/{booking_id}/history": "what happened to one booking, which is a page or two",
}
FIRST = datetime(2026, 2, 1, 8, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1, microseconds=7)
THIRD = SECOND + timedelta(hours=3)
MADE = [FIRST, SECOND, SECOND, THIRD]
WAITED = timedelta(seconds=20)
"""How long a transaction had waited when it gave a row its id."""


def copied(row: Base, **other: object) -> Base:
    """Return a row as another is, but for *other* columns."""
    columns = {each.key: getattr(row, each.key) for each in inspect(type(row)).column_attrs}
    return type(row)(**columns | other)


def own(walk: Walker, name: str, kind: Kind) -> UUID:
    """Return the first id of a sort in a walker's world."""
    found = parsed(kind, walk.world.ids[name][0])
    assert found is not None
    return found


def a_payment(walk: Walker, session: Session) -> Payment:
    return session.get_one(Payment, own(walk, "payment_id", Kind.PAYMENT))


def payment(walk: Walker, session: Session, at: datetime) -> Base:
    return copied(a_payment(walk, session), id=id_at(at + WAITED), created_at=at)


def refund(walk: Walker, session: Session, at: datetime) -> Base:
    row = session.get_one(Refund, own(walk, "refund_id", Kind.REFUND))
    return copied(row, id=id_at(at + WAITED), created_at=at, amount=1, payment_id=a_payment(walk, session).id)


def dispute(walk: Walker, session: Session, at: datetime) -> Base:
    about = a_payment(walk, session)
    return Dispute(
        id=id_at(at + WAITED),
        payment_id=about.id,
        booking_id=about.booking_id,
        business_id=about.business_id,
        provider_ref=f"dp_{new_id()}",
        amount=100,
        currency="NGN",
        state="won",
        is_withdrawn=False,
        created_at=at,
    )


def entry(walk: Walker, session: Session, at: datetime) -> Base:
    about = a_payment(walk, session)
    return LedgerEntry(
        payment_id=about.id,
        booking_id=about.booking_id,
        business_id=about.business_id,
        kind="charge",
        amount=1,
        currency="NGN",
        source=str(new_id()),
        at=at,
    )


def message(walk: Walker, session: Session, at: datetime) -> Base:
    row = session.get_one(Notification, own(walk, "notification_id", Kind.NOTIFICATION))
    return copied(row, id=id_at(at + WAITED), created_at=at, dedupe_key=str(new_id()))


def delivery(walk: Walker, session: Session, at: datetime) -> Base:
    """Return a delivery by a replay of what had happened days before."""
    row = session.get_one(WebhookDelivery, own(walk, "delivery_id", Kind.WEBHOOK_DELIVERY))
    return copied(row, id=id_at(at - timedelta(days=5)), created_at=at, event_id=new_id())


def provider_event(walk: Walker, session: Session, at: datetime) -> Base:
    row = session.get_one(ProviderEvent, own(walk, "provider_event_id", Kind.PROVIDER_EVENT))
    return copied(row, id=id_at(at + WAITED), received_at=at, dedupe_key=str(new_id()))


def change(walk: Walker, session: Session, at: datetime) -> Base:
    business_id = own(walk, "business_id", Kind.BUSINESS)
    row = session.scalars(select(AuditEntry).where(AuditEntry.business_id == business_id).limit(1)).one()
    return copied(row, id=id_at(at), created_at=at)


def command(walk: Walker, session: Session, at: datetime) -> Base:
    row = change(walk, session, at)
    return copied(row, business_id=None, actor_id=None, through="command", through_id=None)


MAKING: Mapping[str, Callable[[Walker, Session, datetime], Base]] = {
    "GET /api/payments": payment,
    "GET /api/payments/{payment_id}/refunds": refund,
    "GET /api/payments/disputes": dispute,
    "GET /api/payments/ledger": entry,
    "GET /api/notifications": message,
    "GET /api/webhook-deliveries": delivery,
    "GET /api/audit-entries": change,
    "GET /api/system/audit-entries": command,
    "GET /api/system/provider-events": provider_event,
}
"""What each of those lists shows is made by this, at an instant in the past."""


def taking(name: str) -> set[str]:
    """Return the query parameters of an operation."""
    return {each["name"] for each in operations()[name]["parameters"] if each.get("in") == "query"}


def told(walk: Walker, name: str, **query: object) -> list[datetime]:
    """Return when the rows were made that a list has, read one by one."""
    query, found = {"limit": 1, **query}, []
    page = walk.ask(name, query=query)
    while True:
        assert page.status_code == 200, page.get_json()
        found += [made_at(each) for each in page.get_json()["data"]]
        if not page.get_json()["has_more"]:
            return found
        page = walk.ask(name, query=query | {"cursor": page.get_json()["next_cursor"]})


def made_at(row: Mapping[str, Any]) -> datetime:
    """Return when what a row shows was made; what others have made was received then."""
    return datetime.fromisoformat(row["created_at"] if "created_at" in row else row["received_at"])


def test_every_list_of_what_happens_takes_a_span_or_says_why_not() -> None:
    lists = {name for name in operations() if "cursor" in taking(name)}
    spanned = {name for name in lists if {"created_from", "created_to"} <= taking(name)}
    assert spanned == MAKING.keys()
    assert spanned | NOT_ASKED_BY_TIME.keys() == lists
    assert spanned & NOT_ASKED_BY_TIME.keys() == set()


@pytest.mark.parametrize("name", sorted(MAKING))
def test_a_span_has_its_first_instant_and_not_its_last_and_all_of_it_by_pages(name: str) -> None:
    walk = doer()
    with transaction() as session:
        for at in MADE:
            session.add(MAKING[name](walk, session, at))
            session.flush()

    def within(since: datetime | None, until: datetime | None) -> list[datetime]:
        given = {"created_from": since, "created_to": until}
        return sorted(told(walk, name, **{each: rfc3339(at) for each, at in given.items() if at}))

    moment = timedelta(microseconds=1)
    assert within(FIRST, THIRD + moment) == MADE
    assert within(None, THIRD) == MADE[:3]
    assert within(SECOND, THIRD) == within(SECOND, SECOND + moment) == [SECOND, SECOND]
    assert within(SECOND + moment, THIRD) == within(SECOND, SECOND) == within(THIRD, FIRST) == []
    later = within(THIRD, None)
    assert later[0] == THIRD
    assert len(later) == len(within(FIRST, None)) - 3 > 0
    assert within(datetime(1970, 1, 1, tzinfo=UTC), FIRST) == []
