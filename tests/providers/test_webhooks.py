"""Webhooks: signed as the real ones, tried until they are taken, and whatever may happen to them on their way."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.providers.shop import Shop
from tests.receivers import Got, Receiver, until
from tests.standins import PAYSTACK, STRIPE, Providers, signed_for_paystack, signed_for_stripe, standing_in

GOOD: stripe.params.PaymentIntentCreateParams = {"amount": 4500, "currency": "eur", "metadata": {"booking_id": "bkg_1"}}
CREATED = "payment_intent.created"


def verified(got: Got, secret: str = STRIPE.webhook_secrets[0]) -> stripe.Event:
    """Let Stripe's own code judge a webhook."""
    return stripe.Webhook.construct_event(got.body, got.headers["Stripe-Signature"], secret)


def test_stripes_own_code_takes_the_signature(client: stripe.StripeClient, web: Receiver) -> None:
    intent = client.v1.payment_intents.create(GOOD, {"idempotency_key": "k"})
    got = web.named(CREATED)
    event = verified(got)
    assert (got.path, event.type, event.data.object["id"]) == ("/api/payments/stripe/webhook", CREATED, intent.id)
    assert event.request
    assert event.request.idempotency_key == "k"
    with pytest.raises(stripe.SignatureVerificationError):
        verified(got, "whsec_other")
    signed = got.headers["Stripe-Signature"]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(got.body + b" ", signed, STRIPE.webhook_secrets[0])


def test_paystacks_signature_is_the_hmac_of_the_bytes(paystack: Shop, providers: Providers, web: Receiver) -> None:
    paystack.begun("pay-1")
    providers.customer_pays("pay-1")
    got = web.named("charge.success")
    by_hand = hmac.new(PAYSTACK.secret_keys[0].encode(), got.body, hashlib.sha512).hexdigest()
    assert (got.path, got.headers["x-paystack-signature"]) == ("/api/payments/paystack/webhook", by_hand)


def test_a_test_can_sign_for_itself() -> None:
    body = b'{"object": "event"}'
    header = signed_for_stripe(body, at=int(time.time()))
    assert stripe.WebhookSignature.verify_header(body, header, STRIPE.webhook_secrets[0], 300)
    assert signed_for_paystack(body) == hmac.new(b"sk_test_paystack", body, hashlib.sha512).hexdigest()


def test_while_secrets_rotate_both_sign(client: stripe.StripeClient, providers: Providers, web: Receiver) -> None:
    rotated = STRIPE.model_copy(
        update={"webhook_secrets": ("whsec_new", "whsec_test"), "webhook_url": f"{web.url}/hook"}
    )
    providers.control("PUT", "/accounts", **rotated.model_dump(mode="json"))
    client.v1.payment_intents.create(GOOD)
    got = web.named(CREATED)
    assert got.headers["Stripe-Signature"].count("v1=") == 2
    assert verified(got, "whsec_new").id == verified(got, "whsec_test").id


@pytest.fixture
def grumpy() -> Iterator[Receiver]:
    """Yield who takes nothing at first."""
    with Receiver(404, 500, 302) as receiver:
        yield receiver


def test_what_is_not_taken_is_sent_again(grumpy: Receiver) -> None:
    with standing_in(grumpy.url) as providers:
        key = STRIPE.secret_keys[0]
        Shop(f"{providers.stripe_base}/v1", key).ask(
            "POST", "/payment_intents", data={"amount": 4500, "currency": "eur"}
        )
        grumpy.wait_for(4)
        providers.settle()
        (delivery,) = providers.deliveries(state="sent")
    assert [each["outcome"] for each in delivery["attempts"]] == [404, 500, 302, 200]
    assert len({got.body for got in grumpy.got}) == 1


def test_nobody_there_is_tried_again_too(client: stripe.StripeClient, providers: Providers) -> None:
    providers.tamper(url="http://127.0.0.1:9/nobody", times=1)
    client.v1.payment_intents.create(GOOD)
    until(lambda: len(providers.deliveries()[0]["attempts"]) > 1)
    assert "refused" in providers.deliveries()[0]["attempts"][0]["outcome"]
    providers.control("PUT", "/webhooks/patience", tries=1)
    until(lambda: providers.deliveries(state="given up") != [])


@pytest.mark.parametrize(("order", "arrived"), [("as_made", "0123"), ("reversed", "3210"), ("shuffled", "1230")])
def test_what_is_held_is_released_in_any_order(
    client: stripe.StripeClient, providers: Providers, web: Receiver, order: str, arrived: str
) -> None:
    providers.tamper(hold=True)
    for number in range(4):
        client.v1.payment_intents.create({**GOOD, "metadata": {"number": str(number)}})
    assert (web.got, len(providers.deliveries(state="held"))) == ([], 4)
    assert {row["state"] for row in providers.release(order=order, seed=2)} == {"sent"}
    assert "".join(got.event["data"]["object"]["metadata"]["number"] for got in web.got) == arrived


def test_some_of_what_is_held(client: stripe.StripeClient, providers: Providers, web: Receiver) -> None:
    providers.tamper(hold=True)
    intent = client.v1.payment_intents.create(GOOD)
    providers.customer_pays(intent.id)
    providers.release("payment_intent.succeeded")
    assert web.names() == ["payment_intent.succeeded"]
    providers.release(limit=1)
    assert web.names() == ["payment_intent.succeeded", CREATED]


def test_copies_are_the_same_event(client: stripe.StripeClient, providers: Providers, web: Receiver) -> None:
    providers.tamper(CREATED, copies=3, times=1)
    client.v1.payment_intents.create(GOOD)
    assert len({got.event["id"] for got in web.wait_for(3)}) == 1
    client.v1.payment_intents.create(GOOD)
    assert len(web.wait_for(4)) == 4


def test_a_delay(client: stripe.StripeClient, providers: Providers, web: Receiver) -> None:
    providers.tamper(delay=0.3)
    began = time.monotonic()
    client.v1.payment_intents.create(GOOD)
    assert web.named(CREATED).at - began >= 0.3


def test_never(client: stripe.StripeClient, providers: Providers, web: Receiver) -> None:
    providers.tamper(drop=True)
    client.v1.payment_intents.create(GOOD)
    assert (providers.deliveries(), web.got) == ([], [])
    assert len(client.v1.events.list().data) == 1  # it happened all the same


def test_to_another_address(client: stripe.StripeClient, providers: Providers, web: Receiver) -> None:
    providers.tamper(url=f"{web.url}/elsewhere")
    client.v1.payment_intents.create(GOOD)
    assert web.named(CREATED).path == "/elsewhere"


@pytest.mark.parametrize("signature", ["wrong", "none"])
def test_bad_signatures(
    client: stripe.StripeClient, paystack: Shop, providers: Providers, web: Receiver, signature: str
) -> None:
    providers.tamper(signature=signature)
    client.v1.payment_intents.create(GOOD)
    paystack.begun("pay-1")
    providers.customer_pays("pay-1")
    with pytest.raises((stripe.SignatureVerificationError, KeyError)):
        verified(web.named(CREATED))
    success = web.named("charge.success")
    assert success.headers.get("x-paystack-signature") != signed_for_paystack(success.body)


@pytest.mark.parametrize(("age", "verdict"), [(200, "taken"), (400, "refused"), (-400, "taken")])
def test_old_and_future_timestamps_are_signed_rightly(
    client: stripe.StripeClient, providers: Providers, web: Receiver, age: int, verdict: str
) -> None:
    providers.tamper(age=age)
    client.v1.payment_intents.create(GOOD)
    got = web.named(CREATED)
    said = int(got.headers["Stripe-Signature"].partition(",")[0].removeprefix("t="))
    assert abs(time.time() - age - said) < 60
    if verdict == "taken":  # Stripe's own code takes the future, which is why ours looks both ways
        assert verified(got)
    else:
        with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
            verified(got)


def test_forged_metadata_and_wrong_money(client: stripe.StripeClient, providers: Providers, web: Receiver) -> None:
    wrong = {"data.object.metadata.booking_id": "bkg_other", "data.object.amount": 1, "data.object.currency": "usd"}
    providers.tamper(alter=wrong)
    intent = client.v1.payment_intents.create(GOOD)
    said = verified(web.named(CREATED)).data.object
    assert (said["metadata"]["booking_id"], said["amount"], said["currency"]) == ("bkg_other", 1, "usd")
    assert client.v1.payment_intents.retrieve(intent.id).amount == 4500


def test_everything_again(client: stripe.StripeClient, paystack: Shop, providers: Providers, web: Receiver) -> None:
    client.v1.payment_intents.create(GOOD)
    paystack.begun("pay-1")
    providers.customer_pays("pay-1")
    first = {got.body for got in web.wait_for(2)}
    assert len(providers.replay(rule={"copies": 2})) == 4
    assert {got.body for got in web.wait_for(6)} == first
    assert len(providers.replay("charge.*", provider="paystack")) == 1


def test_what_never_was(providers: Providers, web: Receiver) -> None:
    event: dict[str, Any] = {
        "id": "evt_x",
        "object": "event",
        "type": "invoice.sent",
        "data": {"object": {"id": "in_1"}},
    }
    providers.send("stripe", "invoice.sent", event)
    assert verified(web.named("invoice.sent")).id == "evt_x"
