"""What a request may carry: somebody else as the customer, notes and metadata, waived rules; and how many may wait."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from config.transaction import transaction
from domain.accounts.rules import Principal, Role
from domain.bookings.tables import Booking
from domain.catalog.tables import Service
from domain.kernel.ids import Kind, new_id, shown
from domain.kernel.money import Money
from tests.builders import Shop, a_member, a_shop, a_user, decide, serve, weekday
from tests.flows.desk import a_wish, desk, said

GUEST = {"name": "Grace", "email": "grace@example.com", "phone": "+234 801 234 5678"}
HALF_HOUR = timedelta(minutes=30)


def test_who_books_for_themselves_is_the_customer() -> None:
    me = a_user("Ada")

    booking = desk(me).book(a_wish(a_shop())).get_json()

    assert booking["customer_id"] == booking["booked_by"] == shown(Kind.USER, me.user_id)
    assert booking["customer"] == {"name": "Ada", "email": me.email, "phone": None}


def test_a_customer_who_is_named_gets_no_rights_and_who_booked_keeps_them() -> None:
    shop, me = a_shop(), a_user()
    mine = desk(me)

    booking = mine.book(a_wish(shop, customer=GUEST)).get_json()
    decide(shop)

    assert (booking["customer_id"], booking["booked_by"]) == (None, shown(Kind.USER, me.user_id))
    assert booking["customer"] == GUEST
    assert said(mine.turn(booking, "cancelled")) == (200, "cancelled")


def test_notes_and_metadata_are_shown_as_they_were_sent() -> None:
    shop = a_shop()
    sent = {"notes": "Ring twice.\nThe dog is kind.", "metadata": {"order": "17", "söurce": ""}}

    booking = desk(a_user()).book(a_wish(shop, **sent)).get_json()

    assert {name: booking[name] for name in sent} == sent
    assert desk(shop.owner).look(booking).get_json()["metadata"] == sent["metadata"]


@pytest.mark.parametrize(
    "field",
    [
        {"notes": "x" * 2001},
        {"notes": 1},
        {"metadata": {"key": 1}},
        {"metadata": {"key": None}},
        {"metadata": {"key": {"deeper": "x"}}},
        {"metadata": {"key": "x" * 501}},
        {"metadata": {"k" * 41: "x"}},
        {"metadata": {"": "x"}},
        {"metadata": {str(number): "x" for number in range(51)}},
        {"metadata": []},
        {"customer": {"name": "Grace"}},
        {"customer": {"name": "Grace", "email": "nowhere"}},
        {"customer": GUEST | {"phone": "call me"}},
        {"customer": GUEST | {"id": "usr_1"}},
        {"override": ["double"]},
        {"override": "hours"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(field: dict[str, Any]) -> None:
    shop = a_shop()

    answer = desk(shop.owner).book(a_wish(shop, **field))

    assert answer.status_code == 422


def test_the_most_that_fits_is_taken() -> None:
    shop = a_shop()
    full = {"notes": "x" * 2000, "metadata": {f"{number:040}": "x" * 500 for number in range(50)}}

    assert desk(a_user()).book(a_wish(shop, **full)).status_code == 202


def test_members_waive_rules_and_it_is_recorded() -> None:
    shop = a_shop()

    booking = desk(shop.owner).book(a_wish(shop, override=["window", "hours", "notice"])).get_json()

    assert booking["override"] == ["hours", "notice", "window"]


def test_who_is_no_member_waives_nothing() -> None:
    shop = a_shop()

    assert said(desk(a_user()).book(a_wish(shop, override=["notice"]))) == (403, "members_only")
    assert said(desk(a_user()).book(a_wish(shop, override=[]))) == (202, "pending")


def test_staff_waive_rules_on_the_resource_that_they_are_and_on_no_other() -> None:
    shop = a_shop(resources=2)
    staff = desk(a_member(shop, Role.STAFF))
    me = a_member(shop, Role.STAFF)
    serve(me, shop.resource_ids[0])
    own, other = (shown(Kind.RESOURCE, each) for each in shop.resource_ids)

    def waive(who: Any, **where: str) -> tuple[int, str]:  # noqa: ANN401 - a desk
        return said(who.book(a_wish(shop, override=["hours"], **where)))

    assert waive(desk(me), resource_id=own) == (202, "pending")
    assert waive(desk(me), resource_id=other) == (403, "own_resources_only")
    assert waive(desk(me)) == (403, "own_resources_only")
    assert waive(staff, resource_id=own) == (403, "own_resources_only")
    assert waive(desk(a_member(shop, Role.ADMIN)), resource_id=other) == (202, "pending")


def deposit(shop: Shop, **terms: int) -> dict[str, Any] | None:
    with transaction() as session:
        session.execute(update(Service).where(Service.id == shop.service.id).values(**terms))
    booking = desk(a_user()).book(a_wish(shop, party=3)).get_json()
    found: dict[str, Any] | None = booking["deposit"]
    return found


@pytest.mark.parametrize(
    ("price", "terms", "amount"),
    [
        (1005, {}, None),
        (1005, {"deposit_amount": 200}, 600),
        (1005, {"deposit_amount": 2000}, 3015),
        (1005, {"deposit_percent": 10}, 302),
        (1005, {"deposit_percent": 100}, 3015),
        (0, {"deposit_amount": 200}, None),
    ],
)
def test_a_deposit_is_for_each_seat_or_a_part_of_the_price(
    price: int, terms: dict[str, int], amount: int | None
) -> None:
    shop = a_shop(price=Money(price, "NGN"), capacity=3)

    assert deposit(shop, **terms) == (None if amount is None else {"amount": amount, "currency": "NGN"})


def ask(shop: Shop, who: Principal, turn: int, **more: Any) -> tuple[int, str]:  # noqa: ANN401 - JSON
    return said(desk(who).book(a_wish(shop, weekday() - turn * HALF_HOUR, **more)))


@pytest.mark.parametrize(
    "terms", [{"price": Money(4500, "NGN")}, {"requires_approval": True}], ids=["paid", "approved"]
)
@pytest.mark.parametrize("decided", [False, True], ids=["pending", "held"])
def test_three_may_wait_for_approval_or_payment_and_a_fourth_may_not(terms: dict[str, Any], *, decided: bool) -> None:
    shop, me = a_shop(**terms), a_user()
    assert [ask(shop, me, turn) for turn in range(3)] == [(202, "pending")] * 3
    if decided:
        decide(shop)

    assert ask(shop, me, 3) == (409, "too_many_holds")
    assert ask(shop, me, 3, customer=GUEST) == (409, "too_many_holds")


def test_the_limit_is_each_callers_in_each_business_and_not_for_members() -> None:
    shop, other, me = a_shop(requires_approval=True), a_shop(requires_approval=True), a_user()
    for turn in range(3):
        ask(shop, me, turn)

    assert ask(other, me, 3) == ask(shop, a_user(), 4) == (202, "pending")
    assert [ask(shop, shop.owner, turn) for turn in range(4)] == [(202, "pending")] * 4


def test_what_needs_neither_approval_nor_payment_is_not_limited() -> None:
    shop, me = a_shop(), a_user()

    assert [ask(shop, me, turn) for turn in range(5)] == [(202, "pending")] * 5


@pytest.mark.parametrize("end", ["cancelled", "declined", "lapsed"])
def test_a_hold_that_is_over_makes_room_for_another(end: str) -> None:
    shop, me = a_shop(requires_approval=True), a_user()
    booking = desk(me).book(a_wish(shop)).get_json()
    for turn in (1, 2):
        ask(shop, me, turn)
    decide(shop)
    assert ask(shop, me, 3) == (409, "too_many_holds")

    if end == "lapsed":  # by the clock: nobody has ended it
        with transaction() as session:
            mine = update(Booking).where(Booking.booked_by == me.user_id, Booking.starts_at == weekday())
            session.execute(mine.values(hold_expires_at=Booking.created_at))
    else:
        desk(shop.owner).turn(booking, end)

    assert ask(shop, me, 3) == (202, "pending")
    assert ask(shop, me, 4) == (409, "too_many_holds")


def test_a_request_that_is_repeated_counts_once_and_is_answered_though_the_limit_is_reached() -> None:
    shop, me = a_shop(requires_approval=True), a_user()
    mine, key = desk(me), str(new_id())
    first = mine.book(a_wish(shop), Idempotency_Key=key)

    again = [mine.book(a_wish(shop), Idempotency_Key=key) for _ in range(3)]
    assert {each.get_json()["id"] for each in (first, *again)} == {first.get_json()["id"]}
    assert [ask(shop, me, turn) for turn in (1, 2, 3)] == [(202, "pending")] * 2 + [(409, "too_many_holds")]
    assert mine.book(a_wish(shop), Idempotency_Key=key).status_code == 202
