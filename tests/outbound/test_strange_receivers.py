"""Receivers that misbehave, all together: every event arrives in the end, or is visibly dead."""

import json

import pytest

from domain.webhooks.service import Made
from tests.builders import a_business
from tests.outbound import strangers
from tests.outbound.hooks import an_endpoint, deliveries, due_again, follow, happened, send_now, states, tries
from tests.outbound.strangers import Stranger, says

pytestmark = pytest.mark.usefixtures("nothing_is_due")


def test_a_chaos_of_receivers_ends_with_every_event_delivered_or_visibly_dead() -> None:
    """Each endpoint misbehaves in its own way first; those that mend get everything, and no other is delayed by them."""
    conducts = {
        "errs": [says(500)] * 3 + [says(200)],
        "resets": [strangers.resets] * 3 + [says(200)],
        "hangs up": [strangers.hangs_up] * 3 + [says(200)],
        "redirects": [says(302, Location="http://127.0.0.1:1/")] * 3 + [says(200)],
        "is slow": [strangers.is_silent] * 2 + [says(200)],
        "drips": [strangers.drips(b"HTTP/1.1 2")] * 2 + [says(200)],
        "floods": [strangers.floods],
        "talks": [strangers.talks_nonsense] * 2 + [says(204)],
        "is gone": [says(410)],
        "never mends": [says(503, Retry_After="1")],
    }
    owner, business = a_business()
    made: dict[str, Made] = {}
    places: dict[str, Stranger] = {}
    for name, conduct in conducts.items():
        places[name] = Stranger(*conduct).__enter__()
        made[name] = an_endpoint(owner, business.id, places[name].url, "booking.*")
    happened(business.id, "booking.confirmed", "booking.completed", "booking.cancelled")
    follow()
    for _ in range(30):
        send_now(patience=2, at_once=16)
        for each in made.values():
            due_again(each)
    for place in places.values():
        place.__exit__(None, None, None)

    ended = {name: set(states(each)) for name, each in made.items()}
    assert ended == {name: {"delivered"} for name in conducts} | {"is gone": {"dead"}, "never mends": {"dead"}}
    for each in deliveries(made["never mends"]):
        assert [attempt.status for attempt in tries(each)] == [503] * 8
    errors = {str(attempt.error) for each in deliveries(made["is slow"]) for attempt in tries(each)}
    assert errors == {"timeout", "None"}
    arrived = {json.loads(each.partition(b"\r\n\r\n")[2])["type"] for each in places["errs"].requests}
    assert arrived == {"booking.confirmed", "booking.completed", "booking.cancelled"}
