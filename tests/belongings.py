"""Belongings: whatever there is one of in a world, each made by its own requests once it is asked for."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal, Purpose
from domain.accounts.rules.passwords import password_hash
from domain.accounts.tables import User
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed, shown
from domain.kernel.money import Money
from domain.payments import queries
from domain.payments import service as payments
from domain.payments.service import Said
from domain.payments.tables import Payment, Refund
from tests import letters
from tests.builders import (
    Shop,
    a_booking,
    a_message,
    a_reschedule,
    a_service,
    decide,
    weekday,
)

PASSWORD = "correct horse battery"
HASH = password_hash(PASSWORD)
ACCOUNT = {
    "provider": "stripe",
    "secret_key": "sk_test_own",
    "public_key": "pk_test_own",
    "webhook_secrets": ["whsec_own"],
}
PRICE = Money(450_000, "NGN")
WORDS = {"subject": "See you, {{ customer }}", "text": "{{ details }}", "html": "<p>{{ details }}</p>"}
WEEK: Mapping[str, Any] = {
    "weekly": [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)],
    "overrides": [],
}


class Ids(Mapping[str, Sequence[str]]):
    """The ids of what there is, by the names that addresses have for them: each is made when it is first asked for."""

    def __init__(self, made: Mapping[str, Callable[[], Sequence[str]]]) -> None:
        self._made = made

    def __getitem__(self, name: str) -> Sequence[str]:
        return self._made[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class Belongings:
    """What belongs to a shop: bookings, money, letters, hours and time off, the owner's key and sessions."""

    app: Flask
    shop: Shop
    people: Mapping[str, Principal]
    ids: Ids

    def headers(self, name: str) -> dict[str, str]:
        """Return the header that signs somebody in."""
        raise NotImplementedError

    def one(self, *names: str) -> dict[str, str]:
        """Return one id of each of those, by name."""
        return {name: self.ids[name][0] for name in names}

    def email(self, name: str) -> str:
        """Return somebody's address."""
        with transaction() as session:
            return session.get_one(User, self.people[name].user_id).email

    def path(self, template: str, **other: object) -> str:
        """Return an address with ids of what there is for the names in *template*, but for the *other* ones."""
        return re.sub(r"{(\w+)}", lambda found: str(other.get(found[1]) or self.ids[found[1]][0]), template)

    @cached_property
    def compared(self) -> Mapping[str, str]:
        """Whose books have been compared, as a query."""
        span = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
        _reconciled(self._ask("POST", "/api/payments/reconciliation", self.one("business_id") | span)["id"])
        return self.one("business_id")

    @cached_property
    def _letters(self) -> tuple[str, Mapping[str, str]]:
        """Have the owner mailed whatever one can be; and a newcomer invited, whose invitation comes first."""
        owner, rival = self.people["owner"], self.people["rival"]
        newcomer = f"{secrets.token_hex(8)}@example.com"
        letters.invited(rival, next(iter(rival.roles)), owner.email)
        invitation_id = letters.invited(owner, self.shop.business.id, newcomer)
        booking_id = parsed(Kind.BOOKING, self.ids["booking_id"][0])
        assert booking_id is not None
        return shown(Kind.INVITATION, invitation_id), {
            "reset": letters.forgotten(owner.email),
            "verify": letters.unproven(owner),
            "accept": letters.ticket(Purpose.INVITATION, owner.email),
            "register": letters.ticket(Purpose.INVITATION, newcomer),
            "manage": letters.manage(booking_id),
        }

    @cached_property
    def _bookings(self) -> Sequence[str]:
        """Have one booking confirmed, one confirmed that waits to be moved, and leave one pending."""
        customer = self.people["customer"]
        confirmed, moving = (a_booking(self.shop, weekday(ahead=ahead), by=customer) for ahead in (4, 8))
        decide(self.shop)
        a_reschedule(moving, weekday(ahead=12), by=customer)
        pending = a_booking(self.shop, weekday(ahead=16), by=customer)
        return [shown(Kind.BOOKING, each.id) for each in (confirmed, moving, pending)]

    @cached_property
    def _sold(self) -> Mapping[str, str]:
        """Have bookings: one awaits its payment, one is paid, one's money does not match, one's is to be handed back."""
        owner = self.people["owner"]
        sold, chairs = a_service(owner, self.shop.business.id, resources=1, price=PRICE, max_advance_days=400)
        till = Shop(owner, self.shop.business, sold, chairs)
        due, paid, wrong, left = (a_booking(till, weekday(ahead=ahead)) for ahead in (4, 8, 12, 16))
        decide(till)
        made = [self._taken(each) for each in (paid, wrong, left)]
        with transaction() as session:
            session.execute(update(Payment).where(Payment.id == made[1]).values(state="review"))
        self._ask("PATCH", f"/api/bookings/{shown(Kind.BOOKING, left.id)}/status", {"status": "cancelled"})
        with transaction() as session:
            payments.close(session, left.id, now=clock())
            owed = session.scalars(select(Refund.id).where(Refund.payment_id == made[2])).one()
        return {
            "due": shown(Kind.BOOKING, due.id),
            **{name: shown(Kind.PAYMENT, each) for name, each in zip(("paid", "wrong", "left"), made, strict=True)},
            "refund": shown(Kind.REFUND, owed),
        }

    @cached_property
    def _event(self) -> str:
        return _heard()

    @cached_property
    def _message(self) -> str:
        """Have a message that was sent."""
        found = parsed(Kind.BOOKING, self.ids["booking_id"][0])
        with transaction() as session:
            row = a_message(session.get_one(Booking, found))
            session.add(row)
        return shown(Kind.NOTIFICATION, row.id)

    @cached_property
    def _words(self) -> tuple[str, str]:
        """Have words of the business's own."""
        self._ask("PUT", f"/api/businesses/{self.shop.business.slug}/message-templates/confirmed/en", WORDS)
        return "confirmed", "en"

    @cached_property
    def _till(self) -> Mapping[str, str]:
        return self._ask("POST", "/api/api-keys", {"name": "Till"})

    @cached_property
    def _signed_in(self) -> Mapping[str, str]:
        """Have the owner signed in twice."""
        signed_in = {"email": self.email("owner"), "password": PASSWORD}
        found = self._ask("POST", "/api/auth/login", signed_in)
        sessions = self._ask("GET", "/api/auth/sessions")["data"]
        return found | {"session": next(each["id"] for each in sessions if not each["current"])}

    @cached_property
    def _account(self) -> str:
        return str(self._ask("POST", self.path("/api/businesses/{business_id}/provider-accounts"), ACCOUNT)["id"])

    @cached_property
    def _hook(self) -> Mapping[str, str]:
        """Have one endpoint for webhooks, and a test that was sent there."""
        new = self.one("business_id") | {"url": "https://hooks.example/", "types": ["refund.failed"]}
        endpoint = self._ask("POST", "/api/webhook-endpoints", new)["id"]
        return {
            "endpoint": endpoint,
            "delivery": self._ask("POST", f"/api/webhook-endpoints/{endpoint}/test")["id"],
        }

    @cached_property
    def _closure(self) -> str:
        begin = weekday(ahead=40)
        until = begin + timedelta(hours=1)
        hour = {"starts_at": begin.isoformat(), "ends_at": until.isoformat()}
        return str(self._ask("POST", "/api/time-off", self.one("resource_id") | hour)["id"])

    @cached_property
    def _feed(self) -> str:
        return str(self._ask("POST", "/api/calendar-feeds", {"name": "Mine"})["id"])

    @cached_property
    def _entry(self) -> str:
        return str(self._ask("GET", self.path("/api/audit-entries?business_id={business_id}"))["data"][0]["id"])

    def _taken(self, booking: Booking) -> UUID:
        body = {"booking_id": shown(Kind.BOOKING, booking.id), "method": "cash"}
        found = parsed(Kind.PAYMENT, self._ask("POST", "/api/payments/offline", body)["id"])
        assert found is not None
        return found

    def _ask(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        answer = self.app.test_client().open(path, method=method, json=body, headers=self.headers("owner") | headers)
        assert answer.status_code < 300, answer.get_json()
        made: dict[str, Any] = answer.get_json()
        return made


def _heard() -> str:
    """Let the platform's account at Stripe say something about nobody's money; return its id."""
    said = Said(key=secrets.token_hex(8), kind="balance.available", payment_ref=None, body=b"{}")
    with transaction() as session:
        account = queries.platform_account(session, "stripe", is_live=False)
        return shown(Kind.PROVIDER_EVENT, payments.hear(session, account.id, said, now=clock()))


def _reconciled(run_id: str) -> None:
    """Let a comparison be over, that another one may be asked for."""
    found = parsed(Kind.RECONCILIATION, run_id)
    assert found is not None
    with transaction() as session:
        payments.reconciled(session, found, [], failure_code=None, now=clock())
