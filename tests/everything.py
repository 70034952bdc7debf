"""Everything: a world in which there is one of each thing that an address can name, with the people around it."""

from collections.abc import Callable, Mapping, Sequence

from flask import Flask
from sqlalchemy import update

from config.transaction import transaction
from domain.accounts.rules import BookingClaims, Claims, Principal, Role
from domain.accounts.tables import User
from domain.kernel.ids import Kind, parsed, shown
from tests.belongings import HASH, WEEK, Belongings, Ids
from tests.builders import (
    a_member,
    a_shop,
    a_user,
    again,
    prove,
)
from web.auth import access_token, booking_token

GUESTS = {"guest": 0, "other guest": 1}
"""Of which of the bookings who has the manage link."""


class Everything(Belongings):
    """A shop with its people; and bookings, hours, time off, the owner's key and sessions, once they are asked for."""

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
        self.ids = Ids(self._named())
        self._ask("PUT", self.path("/api/resources/{resource_id}/schedule"), WEEK, **{"If-None-Match": "*"})

    def _named(self) -> Mapping[str, Callable[[], Sequence[str]]]:
        """Return what there is of each kind, by the name that addresses have for it."""
        business = shown(Kind.BUSINESS, self.shop.business.id)
        return {
            "booking_id": lambda: self._bookings,
            "business_id": lambda: [business],
            "slug": lambda: [business, self.shop.business.slug],
            "service_id": lambda: [shown(Kind.SERVICE, self.shop.service.id)],
            "resource_id": lambda: [shown(Kind.RESOURCE, each) for each in self.shop.resource_ids],
            "user_id": lambda: [shown(Kind.USER, self.people["hand"].user_id)],
            "invitation_id": lambda: [self._letters[0]],
            "payment_id": lambda: [self._sold["paid"]],
            "refund_id": lambda: [self._sold["refund"]],
            "provider_event_id": lambda: [self._event],
            "notification_id": lambda: [self._message],
            "kind": lambda: [self._words[0]],
            "language": lambda: [self._words[1]],
            "account_id": lambda: [self._account],
            "endpoint_id": lambda: [self._hook["endpoint"]],
            "delivery_id": lambda: [self._hook["delivery"]],
            "time_off_id": lambda: [self._closure],
            "key_id": lambda: [self._till["id"]],
            "feed_id": lambda: [self._feed],
            "session_id": lambda: [self._signed_in["session"]],
            "audit_entry_id": lambda: [self._entry],
        }

    def complete(self) -> "Everything":
        """Make all of it now; return the world."""
        assert all(self.ids.values())
        assert self.compared
        return self

    def headers(self, name: str) -> dict[str, str]:
        """Return the header that signs somebody in; *name* may be `key`, the owner's, or `guest`, by a link."""
        if name == "key":
            return {"Authorization": f"Bearer {self.key}"}
        with self.app.app_context():
            if name in GUESTS:
                return {"Authorization": f"Bearer {self._opened(self.ids['booking_id'][GUESTS[name]])}"}
            who = self.people[name]
            return {"Authorization": f"Bearer {access_token(Claims(user_id=who.user_id, session_id=who.session_id))}"}

    def proven(self, name: str) -> str:
        """Return somebody's address, which they have proven to be theirs."""
        address = self.email(name)
        prove(address)
        return address

    def _opened(self, booking_id: str) -> str:
        found = parsed(Kind.BOOKING, booking_id)
        assert found is not None
        return booking_token(BookingClaims(booking_id=found, manage_no=1))

    @property
    def key(self) -> str:
        """The owner's API key."""
        return self._till["key"]

    @property
    def refresh_token(self) -> str:
        """What another session of the owner's goes on with."""
        return self._signed_in["refresh_token"]

    @property
    def tickets(self) -> Mapping[str, str]:
        """What is in the links of mails."""
        return self._letters[1]

    @property
    def payable(self) -> str:
        """A booking that awaits its payment."""
        return self._sold["due"]

    @property
    def reviewed(self) -> str:
        """A payment whose money does not match."""
        return self._sold["wrong"]

    @property
    def refunding(self) -> str:
        """A payment that is to be handed back."""
        return self._sold["left"]
