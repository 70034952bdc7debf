"""Payments at Stripe, asked for by Stripe's own client and paid by the stand-in's customer."""

import pytest
import stripe

from tests.receivers import Receiver, until
from tests.standins import Providers

ASKED: stripe.params.PaymentIntentCreateParams = {
    "amount": 4500,
    "currency": "eur",
    "automatic_payment_methods": {"enabled": True},
    "description": "Haircut",
    "metadata": {"booking_id": "bkg_1"},
}


@pytest.fixture
def intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(ASKED)


def again(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
    return client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})


def test_an_intent_is_made_as_it_was_asked_for(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> None:
    assert (intent.status, intent.amount, intent.currency) == ("requires_payment_method", 4500, "eur")
    assert intent.client_secret
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert intent.metadata.to_dict() == {"booking_id": "bkg_1"}
    assert again(client, intent).to_dict() == intent.to_dict()


def test_a_payment_brings_a_charge_its_fee_and_the_events(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers, web: Receiver
) -> None:
    providers.customer_pays(intent.id)
    paid = again(client, intent)
    assert (paid.status, paid.amount_received) == ("succeeded", 4500)
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.status, charge.paid, charge.payment_intent) == ("succeeded", True, intent.id)
    movement = charge.balance_transaction
    assert isinstance(movement, stripe.BalanceTransaction)
    assert (movement.amount, movement.fee, movement.net) == (4500, 161, 4339)
    web.wait_for(3)
    assert sorted(web.names()) == ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]


def test_a_declined_card_is_not_the_end(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers, web: Receiver
) -> None:
    providers.card_is_declined(intent.id)
    declined = again(client, intent)
    assert declined.status == "requires_payment_method"
    assert declined.last_payment_error
    assert declined.last_payment_error.code == "card_declined"
    assert web.named("payment_intent.payment_failed")
    providers.customer_pays(intent.id)
    assert again(client, intent).status == "succeeded"


def test_a_bank_may_ask_who_is_paying(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers, web: Receiver
) -> None:
    providers.bank_asks(intent.id)
    asked = again(client, intent)
    assert (asked.status, asked.latest_charge) == ("requires_action", None)
    assert asked.next_action
    assert web.named("payment_intent.requires_action")
    providers.customer_fails_to_prove_it(intent.id)
    failed = again(client, intent)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    providers.bank_asks(intent.id)
    providers.customer_proves_it(intent.id)
    assert again(client, intent).status == "succeeded"


@pytest.mark.parametrize(("verb", "status"), [("succeed", "succeeded"), ("fail", "requires_payment_method")])
def test_a_slow_payment_is_decided_later(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers, verb: str, status: str
) -> None:
    providers.customer_pays_slowly(intent.id)
    assert again(client, intent).status == "processing"
    with pytest.raises(stripe.InvalidRequestError, match="status of processing"):
        client.v1.payment_intents.cancel(intent.id)
    providers.days_later(intent.id, verb)
    assert again(client, intent).status == status


def test_what_nobody_paid_can_be_cancelled_once(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, web: Receiver
) -> None:
    cancelled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    assert web.named("payment_intent.canceled")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.cancel(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_what_was_paid_cannot_be_cancelled_and_the_refusal_shows_it(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers
) -> None:
    providers.customer_pays(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded") as refused:
        client.v1.payment_intents.cancel(intent.id)
    assert refused.value.error
    assert refused.value.error.payment_intent
    assert refused.value.error.payment_intent.status == "succeeded"


def test_a_server_may_confirm_with_the_methods_for_tests(client: stripe.StripeClient) -> None:
    never: stripe.params.PaymentIntentCreateParams = {
        **ASKED,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    }
    at_once = client.v1.payment_intents.create({**never, "confirm": True, "payment_method": "pm_card_visa"})
    assert at_once.status == "succeeded"
    intent = client.v1.payment_intents.create(never)
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"})
    assert (declined.value.code, declined.value.http_status) == ("card_declined", 402)
    assert declined.value.error
    assert declined.value.error.decline_code == "insufficient_funds"
    asked = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_authenticationRequired"})
    assert asked.status == "requires_action"


def test_a_method_that_may_lead_away_needs_a_way_back(
    client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})


def test_intents_are_listed_page_by_page(client: stripe.StripeClient, providers: Providers) -> None:
    providers.control("PUT", "/clock", now="2026-03-01T00:00:00Z")
    made = []
    for _ in range(5):
        made.append(client.v1.payment_intents.create(ASKED))
        providers.control("PUT", "/clock", forward=60)
    page = client.v1.payment_intents.list({"limit": 2})
    assert ([each.id for each in page.data], page.has_more) == ([made[4].id, made[3].id], True)
    assert [each.id for each in page.auto_paging_iter()] == [each.id for each in reversed(made)]
    before = client.v1.payment_intents.list({"limit": 2, "ending_before": made[1].id})
    assert [each.id for each in before.data] == [made[3].id, made[2].id]
    since = client.v1.payment_intents.list({"created": {"gte": made[3].created}})
    assert [each.id for each in since.data] == [made[4].id, made[3].id]


def test_a_provider_gone_wrong_takes_something_else(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers
) -> None:
    providers.customer_pays(intent.id, amount=1, currency="usd")
    wrong = again(client, intent)
    assert (wrong.amount, wrong.amount_received) == (4500, 1)
    assert isinstance(wrong.latest_charge, stripe.Charge)
    assert wrong.latest_charge.currency == "usd"


def test_live_and_test_objects_do_not_see_each_other(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers
) -> None:
    live = stripe.StripeClient("sk_live_stripe", base_addresses={"api": providers.stripe_base})
    with pytest.raises(stripe.InvalidRequestError, match="a similar object exists in test mode") as refused:
        live.v1.payment_intents.retrieve(intent.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    real = live.v1.payment_intents.create(ASKED)
    assert real.livemode
    assert not intent.livemode
    assert [each.id for each in client.v1.payment_intents.list().data] == [intent.id]


def test_every_event_can_be_looked_up(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, providers: Providers, web: Receiver
) -> None:
    providers.customer_pays(intent.id)
    sent = web.named("payment_intent.succeeded").event
    event = client.v1.events.retrieve(sent["id"])
    assert event.data.object["id"] == intent.id
    listed = client.v1.events.list({"type": "payment_intent.*"})
    assert [each.type for each in listed.data] == ["payment_intent.succeeded", "payment_intent.created"]
    until(lambda: len(providers.deliveries(state="sent")) == 3)
