"""Tries that were interrupted: they take up no place on the receiver's schedule, and end what ends whoever sends it."""

from datetime import timedelta

import pytest

from config.clock import clock
from config.transaction import transaction
from domain.accounts.rules import Principal
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Heard
from domain.webhooks.rules.schedule import AFTER_INTERRUPTION, INTERRUPTIONS
from domain.webhooks.service import Made
from domain.webhooks.tables import WebhookDelivery
from tests.builders import a_business
from tests.outbound.hooks import (
    an_endpoint,
    change,
    claimed,
    deliveries,
    due_again,
    follow,
    happened,
    replay_now,
    tried,
    tries,
)

pytestmark = pytest.mark.usefixtures("nothing_is_due")

BAD = Heard(status=500, body=b"", milliseconds=1)
GOOD = Heard(status=200, body=b"", milliseconds=1)


def told() -> tuple[Principal, Made]:
    """Have one event be due at an endpoint."""
    owner, business = a_business()
    made = an_endpoint(owner, business.id, "http://127.0.0.1:9/", "booking.*")
    happened(business.id, "booking.confirmed")
    follow()
    return owner, made


def interrupted(made: Made, times: int = 1) -> WebhookDelivery:
    """Let so many workers die with the delivery in their hands, one after another; return it as the last left it."""
    for _ in range(times):
        due_again(made)
        assert len(claimed()) == 1
        change(WebhookDelivery, made, lease_until=clock())
        assert not claimed()
    (delivery,) = deliveries(made)
    return delivery


def test_an_interrupted_try_is_listed_and_takes_up_no_place_on_the_schedule() -> None:
    _, made = told()
    assert tried(made, BAD).tries == 1
    delivery = interrupted(made, 3)

    assert (delivery.state, delivery.tries, delivery.interruptions, delivery.attempts) == ("due", 1, 3, 4)
    assert delivery.last_error == "interrupted"
    assert [(each.number, each.error) for each in tries(delivery)] == [
        (1, "status"),
        *((number, "interrupted") for number in (2, 3, 4)),
    ]


def test_after_interruptions_the_receiver_still_has_all_of_its_tries() -> None:
    _, made = told()
    for number in range(1, 9):
        assert interrupted(made, 4).state == "due"
        delivery = tried(made, BAD)
        assert (delivery.state, delivery.tries) == ("dead" if number == 8 else "due", number)
    assert (delivery.attempts, delivery.last_error) == (40, "status 500")


def test_the_wait_after_an_interruption_is_short_and_grows_with_those_in_a_row() -> None:
    _, made = told()
    for in_a_row in range(1, INTERRUPTIONS):
        before = clock()
        delivery = interrupted(made)
        assert delivery.next_attempt_at
        wait = (delivery.next_attempt_at - before) / (AFTER_INTERRUPTION * in_a_row)
        assert 0.5 <= wait <= 1.5 + 10 / AFTER_INTERRUPTION.total_seconds()  # with ten seconds for a slow machine


def test_ten_interruptions_in_a_row_are_the_end_and_nine_are_not() -> None:
    _, made = told()
    assert interrupted(made, INTERRUPTIONS - 1).state == "due"
    delivery = interrupted(made)

    assert (delivery.state, delivery.last_error, delivery.tries) == ("dead", "interrupted", 0)
    assert delivery.finished_at
    assert len(tries(delivery)) == INTERRUPTIONS


def test_a_try_that_comes_to_an_end_interrupts_the_row() -> None:
    _, made = told()
    interrupted(made, INTERRUPTIONS - 1)
    assert tried(made, BAD).interruptions == 0
    assert interrupted(made, INTERRUPTIONS - 1).state == "due"
    assert tried(made, GOOD).state == "delivered"


def test_a_redelivery_starts_anew_however_often_it_was_tried_in_all() -> None:
    owner, made = told()
    for again in range(1, 5):
        delivery = interrupted(made, INTERRUPTIONS)
        assert (delivery.state, delivery.attempts) == ("dead", again * INTERRUPTIONS)
        with transaction() as session:
            row = webhooks.redeliver(session, delivery.id, caller=owner, now=clock())
            assert (row.state, row.tries, row.interruptions) == ("due", 0, 0)
    assert interrupted(made, INTERRUPTIONS - 1).state == "due"


def test_a_replay_starts_anew_too() -> None:
    owner, made = told()
    interrupted(made, INTERRUPTIONS)
    since, until = (clock() + timedelta(minutes=each) for each in (-5, 5))
    with transaction() as session:
        webhooks.replay(session, made.row.id, since, until, caller=owner, now=clock())
    replay_now()

    (delivery,) = deliveries(made)
    assert (delivery.state, delivery.tries, delivery.interruptions) == ("due", 0, 0)


def test_whoever_waits_for_a_delivery_waits_on_while_its_try_was_interrupted() -> None:
    _, made = told()
    assert not webhooks.was_tried(interrupted(made))
    assert webhooks.was_tried(tried(made, BAD))
