"""Who has a manage link is counted by its booking: apart from others', and from whoever made it."""

import pytest

from tests.application import application
from tests.builders import a_shop
from tests.flows.desk import desk, said
from tests.flows.guests import Guest, a_guest, for_bo, ticket_of
from tests.quotas import set_limits


def test_every_booking_has_a_bucket_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop()
    one, another = (for_bo(shop, shop.owner, ahead=ahead) for ahead in (3, 10))
    bo, again = a_guest(one), Guest(application().test_client(), ticket_of(one))
    other = a_guest(another)
    set_limits(monkeypatch, ratelimit_guest=2)

    answers = [guest.look(one) for guest in (bo, again, bo)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"guest";q=2;w=60'
    assert said(other.look(another))[0] == 200
    assert desk(shop.owner).look(one).status_code == 200
