"""What cancelling costs: by the policy that the booking was made under, and by who cancels."""

import pytest

from domain.accounts.rules import Role
from domain.kernel.money import Money
from tests.builders import a_member, a_shop, a_user
from tests.flows.desk import a_decided, a_wish, desk, said

LATE = {"free_until_hours": 8760, "fee_percent": 50}  # whoever cancels is late


def test_staff_are_customers_of_what_they_booked_for_themselves() -> None:
    shop = a_shop(price=Money(4500, "NGN"), payment_required=False, cancellation_policy=LATE)
    staff = desk(a_member(shop, Role.STAFF))
    booking, other = a_decided(shop, staff), desk(shop.owner).book(a_wish(shop)).get_json()

    assert said(staff.turn(booking, "complete")) == (403, "own_resources_only")
    assert said(staff.turn(other, "cancel")) == (403, "own_resources_only")
    assert staff.turn(booking, "cancel").get_json()["cancellation_fee"]["amount"] == 2250


@pytest.mark.parametrize(
    ("policy", "price", "fee"),
    [
        (LATE, 4500, 2250),
        (LATE, 4501, 2251),
        (LATE, 0, 0),
        ({"free_until_hours": 1, "fee_percent": 50}, 4500, 0),
        ({"free_until_hours": 0, "fee_percent": 100}, 4500, 0),
    ],
)
@pytest.mark.parametrize("payment_required", [True, False], ids=["awaiting payment", "confirmed"])
def test_a_late_customer_is_charged_by_the_policy(
    policy: dict[str, int], price: int, fee: int, *, payment_required: bool
) -> None:
    shop = a_shop(price=Money(price, "NGN"), payment_required=payment_required, cancellation_policy=policy)
    mine = desk(a_user())
    booking = a_decided(shop, mine)

    cancelled = mine.turn(booking, "cancel").get_json()

    assert booking["cancellation_fee"] is None
    assert cancelled["cancellation_fee"] == {"amount": fee, "currency": "NGN"}


def test_nothing_is_kept_when_the_business_cancels_or_nothing_was_to_be_paid_yet() -> None:
    shop = a_shop(price=Money(4500, "NGN"), cancellation_policy=LATE)
    careful = a_shop(price=Money(4500, "NGN"), cancellation_policy=LATE, requires_approval=True)
    mine = desk(a_user())
    held, waiting, pending = a_decided(shop, mine), a_decided(careful, mine), mine.book(a_wish(shop)).get_json()

    answers = [desk(shop.owner).turn(held, "cancel"), mine.turn(waiting, "cancel"), mine.turn(pending, "cancel")]

    assert [each.get_json()["cancellation_fee"]["amount"] for each in answers] == [0, 0, 0]
