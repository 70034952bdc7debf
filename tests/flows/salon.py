"""A salon: one business with chairs, basins and a service of each kind, and everybody who has to do with it, at their desks."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal, Role
from domain.catalog import service as catalog
from domain.catalog.rules import NewRequirement, NewService
from domain.catalog.tables import Business, Schedule, Service
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.application import application
from tests.builders import Shop, a_business, a_member, a_user, serve
from tests.flows.counter import CUSTOMERS, STAFF
from tests.flows.desk import Desk
from tests.flows.entries import Entry, Numbers, Place, Sold
from tests.flows.ledger import LATE
from tests.studios import some_resources

PAGE = 7  # events, so that there are several pages
PATIENCE = 60  # seconds; the machine is shared
DEAR = {"free_until": timedelta(hours=2), "fee_percent": 50}
ROLES = ("in the chair", "under the tap")
SOLD = (
    Sold(name="cut"),
    Sold(name="advice", needs_approval=True, roles=((1,),)),
    Sold(name="colour", needs_approval=True, price=4505, **DEAR),
    Sold(name="shave", price=1500, pause=timedelta(minutes=30)),
    Sold(name="course", capacity=3, price=0),
    Sold(name="perm", roles=((0, 1), (2, 3))),
    Sold(name="wash", roles=((3, 2),), needs_approval=True),
    Sold(name="school", roles=((3,), (1,)), capacity=2, price=1500, **DEAR),
    Sold(name="massage", a_day=1, notice=timedelta(hours=1), **DEAR),
)


class Salon:
    """The business and the desks of those who come and go."""

    def __init__(self) -> None:
        owner, business = a_business()
        self.chairs = some_resources(business.id, 4)  # where they are equal the lower id is preferred
        offered = {sold.name: _offered(owner, business, sold, self.chairs) for sold in SOLD}
        self.shop = Shop(owner, business, offered["cut"], self.chairs)
        self.services = {name: shown(Kind.SERVICE, made.id) for name, made in offered.items()}
        _open_late(self.shop)
        staff = {name: a_member(self.shop, Role.STAFF) for name in STAFF}
        for name, chairs in STAFF.items():
            for chair in chairs:
                serve(staff[name], self.chairs[chair])
        strangers = {name: a_user() for name in (*CUSTOMERS, "stranger")}
        people = strangers | staff | {"owner": owner}
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
        ids = self.ids(place.named or ())
        named = {"resource_id": ids[0]} if len(ids) == 1 else {} if place.named is None else {"resource_ids": ids}
        return {"starts_at": place.start.isoformat(), "override": sorted(place.waived)} | named

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

    def ids(self, numbers: Numbers) -> list[str]:
        """Return the ids of chairs and basins."""
        return [shown(Kind.RESOURCE, self.chairs[number]) for number in numbers]

    def view(self, entry: Entry, now: datetime) -> dict[str, Any]:
        """Return what a booking should look like, where that is told by the ledger."""
        return {
            "service_id": self.services[entry.sold.name],
            "status": entry.shown(now),
            "payment_status": "unpaid" if entry.sold.price else "not_required",
            "starts_at": entry.asked.start,
            "resource_id": next(iter(self.ids(entry.has)), None),
            "resources": [*zip(ROLES, self.ids(entry.has), strict=False)],
            "party": entry.party,
            "override": sorted(entry.asked.waived),
            "hold_expires_at": entry.hold,
            "cancellation_fee": entry.fee,
            "rejection": entry.rejection,
            "sequence": entry.sequence,
            "version": len(entry.lines),
            "reschedule": entry.move
            and (entry.move.status, entry.move.to.start, entry.move.rejection, self.ids(entry.move.to.named or ())),
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
        "resources": [(each["role"], each["resource_id"]) for each in body["resources"]],
        "reschedule": move and (move["status"], _moment(move["starts_at"]), _code(move), move["resource_ids"]),
    }


@cache
def _client() -> FlaskClient:
    return application().test_client()


def _offered(owner: Principal, business: Business, sold: Sold, chairs: Sequence[UUID]) -> Service:
    roles = zip(ROLES, sold.roles, strict=False)
    needs = tuple(NewRequirement(role=role, resource_ids=tuple(chairs[each] for each in able)) for role, able in roles)
    new = replace(_new(sold), requirements=needs)
    with transaction() as session:
        return catalog.create_service(session, business.id, new, caller=owner, now=clock()).service


def _open_late(shop: Shop) -> None:
    """Give hours of their own to those who open later than the business."""
    for number, minute in LATE.items():
        weekly = [(day, 9 * 60 + minute, 17 * 60) for day in range(5)]
        with transaction() as session:
            session.add(
                Schedule(
                    business_id=shop.business.id, resource_id=shop.resource_ids[number], weekly=weekly, overrides={}
                )
            )


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
