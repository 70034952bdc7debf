"""A salon: one business with two chairs and a service of each kind, and everybody who has to do with it, at their desks."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask.testing import FlaskClient

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Role
from domain.catalog import service as catalog
from domain.catalog.rules import NewService
from domain.catalog.tables import Offer
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.builders import Shop, a_member, a_shop, a_user, serve
from tests.flows.counter import CUSTOMERS
from tests.flows.desk import Desk
from tests.flows.ledger import Entry, Place, Sold
from web.app import create_app

PAGE = 7  # events, so that there are several pages
PATIENCE = 10  # seconds
DEAR = {"free_until": timedelta(hours=2), "fee_percent": 50}
SOLD = (
    Sold(name="cut"),
    Sold(name="advice", needs_approval=True, chairs=(1,)),
    Sold(name="colour", needs_approval=True, price=4505, **DEAR),
    Sold(name="shave", price=1500, pause=timedelta(minutes=30)),
    Sold(name="course", capacity=3, price=0),
    Sold(name="massage", a_day=1, notice=timedelta(hours=1), **DEAR),
)


class Salon:
    """The business and the desks of those who come and go."""

    def __init__(self) -> None:
        self.shop = a_shop(resources=2)
        self.chairs = sorted(self.shop.resource_ids)  # where they are equal the lower id is preferred
        self.services = _offered(self.shop, self.chairs)
        anna, idle = (a_member(self.shop, Role.STAFF) for _ in range(2))
        serve(anna, self.chairs[0])
        strangers = {name: a_user() for name in (*CUSTOMERS, "stranger")}
        people = strangers | {"owner": self.shop.owner, "anna": anna, "idle": idle}
        self.desks = {name: Desk(_client(), who) for name, who in people.items()}

    @property
    def business_id(self) -> str:
        """Return the id of the business."""
        return shown(Kind.BUSINESS, self.shop.business.id)

    def wish(self, sold: Sold, place: Place, party: int) -> dict[str, Any]:
        """Return the body that asks for a booking."""
        named = {"business_id": self.business_id, "service_id": self.services[sold.name], "party": party}
        return named | self.place(place)

    def place(self, place: Place) -> dict[str, Any]:
        """Return the part of a body that asks for a place."""
        chair = {} if place.chair is None else {"resource_id": self.chair(place.chair)}
        return {"starts_at": place.start.isoformat(), "override": sorted(place.waived)} | chair

    def told(self, count: int) -> dict[str, list[str]]:
        """Return the types of events of each booking, as the feed tells them page by page, once there are *count*.

        It tells nothing that is newer than somebody's open transaction, so it may have to be waited for.
        """
        until = time.monotonic() + PATIENCE
        while sum(map(len, (found := self._feed()).values())) < count and time.monotonic() < until:
            time.sleep(0.02)
        return found

    def _feed(self) -> dict[str, list[str]]:
        where = f"/api/events?business_id={self.business_id}&limit={PAGE}"
        found: defaultdict[str, list[str]] = defaultdict(list)
        page = self.desks["owner"].get(where).get_json()
        while page["data"] or page["has_more"]:
            for event in page["data"]:
                found[event["subject"]["id"]].append(event["type"])
            page = self.desks["owner"].get(f"{where}&after={page['next_cursor']}").get_json()
        return {subject: kinds for subject, kinds in found.items() if subject.startswith("bkg_")}

    def chair(self, number: int | None) -> str | None:
        """Return the id of a chair."""
        return None if number is None else shown(Kind.RESOURCE, self.chairs[number])

    def view(self, entry: Entry, now: datetime) -> dict[str, Any]:
        """Return what a booking should look like, where that is told by the ledger."""
        return {
            "service_id": self.services[entry.sold.name],
            "status": entry.shown(now),
            "payment_status": "unpaid" if entry.sold.price else "not_required",
            "starts_at": entry.asked.start,
            "resource_id": self.chair(entry.chair),
            "party": entry.party,
            "override": sorted(entry.asked.waived),
            "hold_expires_at": entry.hold,
            "cancellation_fee": entry.fee,
            "rejection": entry.rejection,
            "sequence": entry.sequence,
            "version": len(entry.lines),
            "reschedule": entry.move and (entry.move.status, entry.move.to.start, entry.move.rejection),
        }


def read(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an answer says of a booking, in the words of `Salon.view`."""
    plain = ("service_id", "status", "payment_status", "resource_id", "party", "override", "sequence", "version")
    fee, move = body["cancellation_fee"], body["reschedule"]
    return {name: body[name] for name in plain} | {
        "starts_at": _moment(body["starts_at"]),
        "hold_expires_at": _moment(body["hold_expires_at"]),
        "cancellation_fee": fee and fee["amount"],
        "rejection": _code(body),
        "reschedule": move and (move["status"], _moment(move["starts_at"]), _code(move)),
    }


@cache
def _client() -> FlaskClient:
    return create_app().test_client()


def _offered(shop: Shop, chairs: Sequence[Any]) -> dict[str, str]:
    """Offer every service on its chairs; return their ids."""
    services = {}
    for sold in SOLD:
        with transaction() as session:
            made = catalog.create_service(session, shop.business.id, _new(sold), caller=shop.owner, now=clock()).service
            session.add_all(Offer(service_id=made.id, resource_id=chairs[chair]) for chair in sold.chairs)
            services[sold.name] = shown(Kind.SERVICE, made.id)
    return services


def _new(sold: Sold) -> NewService:
    return NewService(
        name=sold.name,
        duration_minutes=30,
        capacity=sold.capacity,
        price=Money(sold.price, "NGN") if sold.price else None,
        requires_approval=sold.needs_approval,
        daily_limit=sold.a_day,
        min_notice_minutes=sold.notice // timedelta(minutes=1),
        buffer_after_minutes=sold.pause // timedelta(minutes=1),
        cancellation_policy={
            "free_until_hours": sold.free_until // timedelta(hours=1),
            "fee_percent": sold.fee_percent,
        },
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _code(body: Mapping[str, Any]) -> str | None:
    return body["rejection"] and body["rejection"]["code"]
