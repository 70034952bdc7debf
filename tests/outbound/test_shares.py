"""Shares of the room in which webhooks are sent: an account's is half of it, whatever it has."""

import pytest

from domain.webhooks.service.deliver import MOST_ACCOUNT
from tests.builders import a_business
from tests.outbound.hooks import an_endpoint, claimed, crowd, follow, happened

pytestmark = pytest.mark.usefixtures("nothing_is_due")


def test_an_account_has_half_of_the_room_however_many_endpoints_and_businesses_it_has() -> None:
    owner, business = a_business()
    owner, more = a_business(owner=owner)
    for each in (business, more):
        for _ in range(15):
            an_endpoint(owner, each.id, "http://127.0.0.1:9/", "booking.*")
        happened(each.id, *["booking.confirmed"] * 5)
    follow()
    assert len(claimed(2 * MOST_ACCOUNT)) == MOST_ACCOUNT
    assert not claimed(2 * MOST_ACCOUNT)
    others = crowd(1, 2)
    assert {each.endpoint_id for each in claimed(2 * MOST_ACCOUNT)} == {others[0].row.id}
