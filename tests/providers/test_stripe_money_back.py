"""Money that goes back at Stripe: refunds and disputes."""

import pytest
import stripe

from tests.receivers import Receiver, until
from tests.standins import Providers


@pytest.fixture
def paid(client: stripe.StripeClient, providers: Providers) -> str:
    intent = client.v1.payment_intents.create(
        {"amount": 4500, "currency": "eur", "automatic_payment_methods": {"enabled": True}}
    )
    providers.customer_pays(intent.id)
    return intent.id


def charge_of(client: stripe.StripeClient, intent_id: str) -> stripe.Charge:
    (charge,) = client.v1.charges.list({"payment_intent": intent_id}).data
    return charge


def test_parts_add_up_to_the_whole_and_no_further(client: stripe.StripeClient, paid: str, web: Receiver) -> None:
    first = client.v1.refunds.create({"payment_intent": paid, "amount": 1500, "reason": "requested_by_customer"})
    assert (first.status, first.amount) == ("succeeded", 1500)
    assert (charge_of(client, paid).amount_refunded, charge_of(client, paid).refunded) == (1500, False)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as too_much:
        client.v1.refunds.create({"payment_intent": paid, "amount": 3001})
    assert too_much.value.param == "amount"
    assert client.v1.refunds.create({"charge": charge_of(client, paid).id}).amount == 3000
    assert charge_of(client, paid).refunded
    with pytest.raises(stripe.InvalidRequestError) as over:
        client.v1.refunds.create({"payment_intent": paid})
    assert over.value.code == "charge_already_refunded"
    assert {"refund.created", "charge.refunded"} <= {
        web.named("refund.created").name,
        web.named("charge.refunded").name,
    }
    assert len(client.v1.refunds.list({"payment_intent": paid}).data) == 2


def test_what_was_not_paid_cannot_be_refunded(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 4500, "currency": "eur"})
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": intent.id})


def test_a_refund_may_fail_after_it_succeeded(
    client: stripe.StripeClient, paid: str, providers: Providers, web: Receiver
) -> None:
    refund = client.v1.refunds.create({"payment_intent": paid})
    providers.refund(refund.id, "fail")
    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 4500
    assert charge_of(client, paid).amount_refunded == 0
    assert web.named("refund.failed")
    assert web.named("charge.refund.updated").event["data"]["previous_attributes"] == {"status": "succeeded"}


@pytest.mark.parametrize("status", ["pending", "requires_action"])
def test_a_refund_may_take_its_time(
    client: stripe.StripeClient, paid: str, providers: Providers, web: Receiver, status: str
) -> None:
    providers.dispose(stripe_refunds=status)
    refund = client.v1.refunds.create({"payment_intent": paid})
    assert refund.status == status
    providers.refund(refund.id, "succeed")
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert web.named("refund.updated")


def test_a_refund_may_fail_at_once(client: stripe.StripeClient, paid: str, providers: Providers) -> None:
    providers.dispose(stripe_refunds="failed")
    assert client.v1.refunds.create({"payment_intent": paid}).status == "failed"
    assert charge_of(client, paid).amount_refunded == 0


def test_the_method_for_tests_whose_refunds_fail(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 4500, "currency": "eur", "confirm": True, "payment_method": "pm_card_refundFail"}
    )
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    until(lambda: client.v1.refunds.retrieve(refund.id).status == "failed")


def test_a_dispute_takes_the_money_until_it_is_won(
    client: stripe.StripeClient, paid: str, providers: Providers, web: Receiver
) -> None:
    dispute = providers.customer_disputes(paid, reason="product_not_received")
    found = client.v1.disputes.retrieve(dispute["id"])
    assert (found.status, found.reason, found.payment_intent) == ("needs_response", "product_not_received", paid)
    assert web.named("charge.dispute.funds_withdrawn")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid})
    assert refused.value.code == "charge_disputed"
    providers.dispute(dispute["id"], "win")
    assert client.v1.disputes.retrieve(dispute["id"]).status == "won"
    assert web.named("charge.dispute.closed").event["data"]["object"]["status"] == "won"
    movements = client.v1.balance_transactions.list({"source": dispute["id"]}).data
    assert [(each.amount, each.fee) for each in movements] == [(4500, 0), (-4500, 1500)]
    assert client.v1.refunds.create({"payment_intent": paid}).status == "succeeded"


def test_a_lost_dispute_is_lost(client: stripe.StripeClient, paid: str, providers: Providers) -> None:
    dispute = providers.customer_disputes(paid)
    providers.dispute(dispute["id"], "lose")
    (found,) = client.v1.disputes.list({"payment_intent": paid}).data
    assert found.status == "lost"
    assert charge_of(client, paid).disputed
