"""Races for a business's currency: no price is in another than its business's."""

import pytest
from sqlalchemy import select

from config.clock import clock
from config.transaction import Session, retried
from domain.bookings import service as bookings
from domain.catalog import queries
from domain.catalog import service as catalog
from domain.catalog.rules import CurrencyInUse, CurrencyMismatch, NewService
from domain.catalog.tables import Business
from domain.kernel import locks
from domain.kernel.ids import Kind, shown
from domain.kernel.money import Money
from tests.builders import Shop, a_shop
from tests.races.rivals import ROUNDS, together


def priced_as_the_currency_changes() -> set[str]:
    """Offer a service in naira while the business goes over to euros; return what came about of both."""
    shop = a_shop()
    return set(together(lambda: priced(shop), lambda: moved(shop)))


def priced(shop: Shop) -> str:
    new = NewService(name="Colour", duration_minutes=30, price=Money(500, "NGN"))
    try:
        retried(lambda session: catalog.create_service(session, shop.business.id, new, caller=shop.owner, now=clock()))
    except CurrencyMismatch:
        return "too late for a price"
    return "priced"


def moved(shop: Shop) -> str:
    slug = shown(Kind.BUSINESS, shop.business.id)
    try:
        retried(
            lambda session: bookings.change_business(session, slug, {"currency": "EUR"}, caller=shop.owner, now=clock())
        )
    except CurrencyInUse:
        return "too late for euros"
    return "moved"


def unlocked(session: Session, business_id: object) -> Business:
    locks.enter(session, "lanes")
    return session.scalars(select(Business).where(Business.id == business_id)).one()


@ROUNDS
def test_a_price_and_a_new_currency_exclude_each_other(rounds: int) -> None:
    outcomes = [priced_as_the_currency_changes() for _ in range(rounds)]
    assert {"priced", "moved"} not in outcomes
    assert all(outcome & {"priced", "moved"} for outcome in outcomes)


def test_without_the_lane_a_price_stays_behind_in_the_old_currency(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "lane_for_update", unlocked)
    assert {"priced", "moved"} in [priced_as_the_currency_changes() for _ in range(40)]
