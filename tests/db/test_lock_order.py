"""The lock order: refused when it is gone against, and kept by every verb."""

import re
from collections.abc import Callable

import pytest

from config.clock import clock
from config.transaction import transaction
from domain.bookings import queries as booking_queries
from domain.bookings import service as bookings
from domain.catalog import queries as catalog
from domain.kernel import jobs, locks
from domain.kernel.locks import LockOrderViolated
from tests.builders import Shop, a_booking, a_shop, decide, weekday
from tests.statements import statements

LOCKING = re.compile(r"FROM (\w+).*ORDER BY \1\.(\w+).*FOR NO KEY UPDATE", re.DOTALL)


def _locked(heard: list[str]) -> list[str]:
    """Return the tables that were locked; each must be locked by a statement that orders its rows by key."""
    locking = [statement for statement in heard if " FOR " in statement and "UPDATE" in statement.split(" FOR ")[-1]]
    found = [LOCKING.search(statement) for statement in locking]
    assert all(found), locking
    return [each[1] for each in found if each]


def _allocate(shop: Shop) -> None:
    decide(shop)


def _cancel_pending(shop: Shop) -> None:
    booking = a_booking(shop, weekday())
    with transaction() as session:
        bookings.cancel(session, booking.id, caller=shop.owner, now=clock())


def _confirm(shop: Shop) -> None:
    booking = a_booking(shop, weekday(ahead=10))
    decide(shop)
    with transaction() as session:
        bookings.confirm(session, booking.id, caller=shop.owner, now=clock())


VERBS: dict[str, tuple[Callable[[Shop], None], list[str]]] = {
    "allocate": (_allocate, ["lanes", "resources", "bookings", "jobs"]),
    "cancel": (_cancel_pending, ["bookings", "jobs"]),
    "confirm": (_confirm, ["lanes", "resources", "bookings", "jobs", "bookings"]),
}


@pytest.mark.parametrize(("verb", "order"), VERBS.values(), ids=VERBS.keys())
def test_a_verb_locks_in_the_order_each_table_once_and_by_key(verb: Callable[[Shop], None], order: list[str]) -> None:
    shop = a_shop(resources=3, requires_approval=True)
    a_booking(shop, weekday())
    with statements() as heard:
        verb(shop)

    assert _locked(heard) == order, "confirm is an allocation first, in a transaction of its own"


def test_going_back_in_the_order_is_refused() -> None:
    shop = a_shop()
    with transaction() as session:
        booking_queries.booking_for_update(session, a_booking(shop, weekday()).id)
        with pytest.raises(LockOrderViolated):
            catalog.lane_for_update(session, shop.business.id)


def test_a_table_is_locked_once() -> None:
    shop = a_shop()
    with transaction() as session:
        catalog.resources_for_update(session, shop.resource_ids)
        with pytest.raises(LockOrderViolated):
            catalog.resources_for_update(session, shop.resource_ids)


def test_jobs_come_last() -> None:
    shop = a_shop()
    with transaction() as session:
        jobs.finish(session, "bookings.allocate", [], now=clock())
        with pytest.raises(LockOrderViolated):
            catalog.lane_for_update(session, shop.business.id)


def test_a_lock_that_a_savepoint_could_drop_is_refused() -> None:
    shop = a_shop()
    with transaction() as session, session.begin_nested():
        with pytest.raises(LockOrderViolated):
            catalog.lane_for_update(session, shop.business.id)
        with pytest.raises(LockOrderViolated):
            locks.require(session, "lanes")


def test_the_next_transaction_begins_with_no_locks() -> None:
    shop = a_shop()
    for _ in range(2):
        with transaction() as session:
            catalog.lane_for_update(session, shop.business.id)
