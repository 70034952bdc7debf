"""Everything: a world in which there is one of each thing that an address can name, with the people around it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import BookingClaims, Claims, Principal, Purpose, Role
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
    a_member,
    a_message,
    a_reschedule,
    a_service,
    a_shop,
    a_user,
    again,
    decide,
    prove,
    weekday,
)
from web.auth import access_token, booking_token

PASSWORD = "correct horse battery"
HASH = password_hash(PASSWORD)
ACCOUNT = {
    "provider": "stripe",
    "secret_key": "sk_test_own",
    "public_key": "pk_test_own",
    "webhook_secrets": ["whsec_own"],
}
GUESTS = {"guest": 0, "other guest": 1}
"""Of which of the bookings who has the manage link."""
PRICE = Money(450_000, "NGN")
WORDS = {"subject": "See you, {{ customer }}", "text": "{{ details }}", "html": "<p>{{ details }}</p>"}
WEEK: Mapping[str, Any] = {
    "weekly": [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)],
    "overrides": [],
}


class Everything:
    """A shop with its people, bookings, hours and time off, the owner's key and sessions, and the ids of all of it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.shop = a_shop(resources=1, max_advance_days=400)
        self.people: dict[str, Principal] = {
            "owner": again(self.shop.owner),
            "admin": a_member(self.shop, Role.ADMIN),
            "staff": a_member(self.shop, Role.STAFF),
            "hand": a_member(self.shop, Role.STAFF),
            "customer": a_user("Cy"),
            "stranger": a_user("Bo"),
            "rival": a_shop().owner,
        }
        with transaction() as session:
            everyone = [each.user_id for each in self.people.values()]
            session.execute(update(User).where(User.id.in_(everyone)).values(password_hash=HASH))
        self.ids: dict[str, Sequence[str]] = {
            "booking_id": self._bookings(),
            "business_id": [shown(Kind.BUSINESS, self.shop.business.id)],
            "service_id": [shown(Kind.SERVICE, self.shop.service.id)],
            "resource_id": [shown(Kind.RESOURCE, each) for each in self.shop.resource_ids],
            "user_id": [shown(Kind.USER, self.people["hand"].user_id)],
        }
        self.ids |= self._asked_for()
        self.ids["invitation_id"] = [shown(Kind.INVITATION, self._write_letters())]
        self._sell()
        self.ids["provider_event_id"] = [_heard()]
        self._say()
        compared = self.one("business_id") | {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
        _reconciled(self._ask("POST", "/api/payments/reconciliation", compared)["id"])
        told = self._ask("GET", f"/api/audit-entries?business_id={self.ids['business_id'][0]}")["data"]
        self.ids["audit_entry_id"] = [told[0]["id"]]

    def headers(self, name: str) -> dict[str, str]:
        """Return the header that signs somebody in; *name* may be `key`, the owner's, or `guest`, by a link."""
        if name == "key":
            return {"Authorization": f"Bearer {self.key}"}
        with self.app.app_context():
            if name in GUESTS:
                return {"Authorization": f"Bearer {self._opened(self.ids['booking_id'][GUESTS[name]])}"}
            who = self.people[name]
            return {"Authorization": f"Bearer {access_token(Claims(user_id=who.user_id, session_id=who.session_id))}"}

    def one(self, *names: str) -> dict[str, str]:
        """Return one id of each of those, by name."""
        return {name: self.ids[name][0] for name in names}

    def email(self, name: str) -> str:
        """Return somebody's address."""
        with transaction() as session:
            return session.get_one(User, self.people[name].user_id).email

    def proven(self, name: str) -> str:
        """Return somebody's address, which they have proven to be theirs."""
        address = self.email(name)
        prove(address)
        return address

    def _opened(self, booking_id: str) -> str:
        found = parsed(Kind.BOOKING, booking_id)
        assert found is not None
        return booking_token(BookingClaims(booking_id=found, manage_no=1))

    def _write_letters(self) -> UUID:
        """Have the owner mailed whatever one can be; and a newcomer invited, whose invitation is returned."""
        owner, rival = self.people["owner"], self.people["rival"]
        newcomer = f"{secrets.token_hex(8)}@example.com"
        letters.invited(rival, next(iter(rival.roles)), owner.email)
        invitation_id = letters.invited(owner, self.shop.business.id, newcomer)
        self.tickets = {
            "reset": letters.forgotten(owner.email),
            "verify": letters.unproven(owner),
            "accept": letters.ticket(Purpose.INVITATION, owner.email),
            "register": letters.ticket(Purpose.INVITATION, newcomer),
        }
        found = parsed(Kind.BOOKING, self.ids["booking_id"][0])
        assert found is not None
        self.tickets["manage"] = letters.manage(found)
        return invitation_id

    def _bookings(self) -> Sequence[str]:
        """Have one booking confirmed, one confirmed that waits to be moved, and leave one pending."""
        customer = self.people["customer"]
        confirmed, moving = (a_booking(self.shop, weekday(ahead=ahead), by=customer) for ahead in (4, 8))
        decide(self.shop)
        a_reschedule(moving, weekday(ahead=12), by=customer)
        pending = a_booking(self.shop, weekday(ahead=16), by=customer)
        return [shown(Kind.BOOKING, each.id) for each in (confirmed, moving, pending)]

    def _sell(self) -> None:
        """Have bookings: one awaits its payment, one is paid, one's money does not match, one's is to be handed back."""
        owner = self.people["owner"]
        sold, chairs = a_service(owner, self.shop.business.id, resources=1, price=PRICE, max_advance_days=400)
        till = Shop(owner, self.shop.business, sold, chairs)
        due, paid, wrong, left = (a_booking(till, weekday(ahead=ahead)) for ahead in (4, 8, 12, 16))
        decide(till)
        self.payable = shown(Kind.BOOKING, due.id)
        made = [self._taken(each) for each in (paid, wrong, left)]
        with transaction() as session:
            session.execute(update(Payment).where(Payment.id == made[1]).values(state="review"))
        self.ids["payment_id"] = [shown(Kind.PAYMENT, made[0])]
        self.reviewed = shown(Kind.PAYMENT, made[1])
        self._ask("PATCH", f"/api/bookings/{shown(Kind.BOOKING, left.id)}/status", {"status": "cancelled"})
        with transaction() as session:
            payments.close(session, left.id, now=clock())
            owed = session.scalars(select(Refund.id).where(Refund.payment_id == made[2])).one()
        self.ids["refund_id"] = [shown(Kind.REFUND, owed)]
        self.refunding = shown(Kind.PAYMENT, made[2])

    def _say(self) -> None:
        """Have a message that was sent, and words of the business's own."""
        found = parsed(Kind.BOOKING, self.ids["booking_id"][0])
        with transaction() as session:
            row = a_message(session.get_one(Booking, found))
            session.add(row)
        self.ids["notification_id"] = [shown(Kind.NOTIFICATION, row.id)]
        self.ids |= {"kind": ["confirmed"], "language": ["en"]}
        self._ask("PUT", f"/api/businesses/{self.shop.business.slug}/message-templates/confirmed/en", WORDS)

    def _taken(self, booking: Booking) -> UUID:
        body = {"booking_id": shown(Kind.BOOKING, booking.id), "method": "cash"}
        found = parsed(Kind.PAYMENT, self._ask("POST", "/api/payments/offline", body)["id"])
        assert found is not None
        return found

    def _asked_for(self) -> dict[str, Sequence[str]]:
        """Make the rest as the owner would; return the ids."""
        resource = self.ids["resource_id"][0]
        begin = weekday(ahead=40)
        closed = {
            "resource_id": resource,
            "starts_at": begin.isoformat(),
            "ends_at": (begin + timedelta(hours=1)).isoformat(),
        }
        self._ask("PUT", f"/api/resources/{resource}/schedule", WEEK, **{"If-None-Match": "*"})
        key = self._ask("POST", "/api/api-keys", {"name": "Till"})
        self.key = str(key["key"])
        signed_in = {"email": self.email("owner"), "password": PASSWORD}
        self.refresh_token = str(self._ask("POST", "/api/auth/login", signed_in)["refresh_token"])
        sessions = self._ask("GET", "/api/auth/sessions")["data"]
        return {
            "slug": [*self.ids["business_id"], self.shop.business.slug],
            "account_id": [
                self._ask("POST", f"/api/businesses/{self.ids['business_id'][0]}/provider-accounts", ACCOUNT)["id"]
            ],
            **self._hooked(),
            "time_off_id": [self._ask("POST", "/api/time-off", closed)["id"]],
            "key_id": [key["id"]],
            "feed_id": [self._ask("POST", "/api/calendar-feeds", {"name": "Mine"})["id"]],
            "session_id": [each["id"] for each in sessions if not each["current"]],
        }

    def _hooked(self) -> dict[str, Sequence[str]]:
        """Have one endpoint for webhooks, and a test that was sent there."""
        new = {"business_id": self.ids["business_id"][0], "url": "https://hooks.example/", "types": ["refund.failed"]}
        endpoint = self._ask("POST", "/api/webhook-endpoints", new)["id"]
        delivery = self._ask("POST", f"/api/webhook-endpoints/{endpoint}/test")["id"]
        return {"endpoint_id": [endpoint], "delivery_id": [delivery]}

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
