"""Money that comes and goes, as the gateway tells it: the stand-ins play customer and bank."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.kernel.money import Money
from domain.payments.gateway import Refused, Unknown
from domain.payments.rules.states import Provider, RefundState, State
from tests.providers.shop import Shop
from tests.providers.tills import KINDS, PRICES, REFUNDS, WHOLE, Till, refund_of, stood_in
from tests.standins import PAYSTACK, Providers

FEES = {Provider.STRIPE: 13_080, Provider.PAYSTACK: 16_750}
STATES = {
    "queued": {Provider.STRIPE: RefundState.SUCCEEDED, Provider.PAYSTACK: RefundState.SENT},
    "failed": {Provider.STRIPE: "expired_or_canceled_card", Provider.PAYSTACK: None},
}
STRIPE_ONLY = pytest.mark.parametrize("till", [Provider.STRIPE], indirect=True, ids=str)
PAYSTACK_ONLY = pytest.mark.parametrize("till", [Provider.PAYSTACK], indirect=True, ids=str)


def test_a_payment_is_received_with_its_fee(till: Till) -> None:
    paid = till.paid()
    price = PRICES[till.provider]
    assert (paid.state, paid.amount, paid.received, paid.currency) == (
        State.SUCCEEDED,
        price.amount,
        price.amount,
        price.currency,
    )
    assert (paid.fee, paid.refunds, paid.disputes) == (FEES[till.provider], [], [])


def test_another_sum_is_told_beside_what_was_asked_for(till: Till) -> None:
    paid = till.paid(amount=100_000)
    assert (paid.state, paid.amount, paid.received) == (State.SUCCEEDED, 450_000, 100_000)


@PAYSTACK_ONLY
def test_a_customer_may_bear_the_fee(till: Till) -> None:
    till.customer.dispose(paystack_customer_bears_fees=True)
    paid = till.paid()
    assert (paid.amount, paid.received, paid.fee) == (450_000, 466_750, 16_750)


@STRIPE_ONLY
def test_a_fee_in_another_currency_is_left_out(till: Till) -> None:
    assert till.paid(currency="usd").fee is None


def test_money_without_decimals_goes_there_and_back(till: Till) -> None:
    paid = till.paid(WHOLE[till.provider])
    assert (paid.amount, paid.received) == (4500, 4500)
    till.give_back(paid, 1)  # less than could be charged
    (refund,) = till.gateway.look(paid.ref).refunds
    assert refund.amount == 1


def test_an_attempt_that_failed_is_no_end(till: Till) -> None:
    made = till.gateway.create(till.order())
    till.customer.card_is_declined(made.ref)
    failed = till.gateway.look(made.ref)
    assert (failed.state, failed.received) == (State.OPEN, 0)
    assert failed.failure_message in {"Your card was declined.", "Declined"}
    till.customer.customer_pays(made.ref)
    assert till.gateway.look(made.ref).state is State.SUCCEEDED


def test_a_customer_whom_the_bank_asks_has_not_paid(till: Till) -> None:
    made = till.gateway.create(till.order())
    till.customer.bank_asks(made.ref)
    assert till.gateway.look(made.ref).state is State.OPEN


def test_what_was_paid_is_not_cancelled(till: Till) -> None:
    paid = till.paid()
    assert till.gateway.cancel(paid.ref) == paid


@STRIPE_ONLY
def test_what_takes_days_is_not_cancelled_either(till: Till) -> None:
    made = till.gateway.create(till.order())
    till.customer.customer_pays_slowly(made.ref)
    assert till.gateway.cancel(made.ref).state is State.PROCESSING
    till.customer.days_later(made.ref, "succeed")
    assert till.gateway.look(made.ref).state is State.SUCCEEDED


def test_a_part_and_then_the_rest_go_back(till: Till) -> None:
    paid, part, rest = till.paid(), uuid4(), uuid4()
    first = till.give_back(paid, 150_000, part)
    assert (first.refund_id, first.amount, first.state) == (part, 150_000, STATES["queued"][till.provider])
    till.give_back(paid, 300_000, rest)
    seen = till.gateway.look(paid.ref)
    assert (seen.state, seen.received) == (State.SUCCEEDED, 450_000)  # also where the provider calls it reversed
    assert {each.refund_id: (each.amount, each.state) for each in seen.refunds} == {
        part: (150_000, RefundState.SUCCEEDED),
        rest: (300_000, RefundState.SUCCEEDED),
    }
    assert first.ref in {each.ref for each in seen.refunds}


def test_more_than_came_is_refused(till: Till) -> None:
    paid = till.paid()
    till.give_back(paid, 150_000)
    with pytest.raises(Refused):
        till.give_back(paid, 300_001)
    till.give_back(paid, 300_000)
    with pytest.raises(Refused) as nothing_left:
        till.give_back(paid, 1000)
    assert nothing_left.value.code in {"charge_already_refunded", "transaction_reversed"}


def test_a_refund_under_the_same_key(till: Till) -> None:
    paid = till.paid()
    order = refund_of(paid, 150_000, uuid4())
    first, second = till.gateway.refund(order), till.gateway.refund(order)
    assert (first == second) is (till.provider is Provider.STRIPE)  # Paystack knows no keys: the caller looks first
    assert {each.refund_id for each in till.gateway.look(paid.ref).refunds} == {order.refund_id}
    assert len(till.customer.objects(REFUNDS[till.provider])) == (1 if first == second else 2)


def test_a_refund_fails_later(till: Till) -> None:
    paid, refund_id = till.paid(), uuid4()
    till.customer.dispose(paystack_refunds="pending")
    refund = till.give_back(paid, 450_000, refund_id)
    till.customer.refund(refund.ref, {Provider.STRIPE: "fail", Provider.PAYSTACK: "failed"}[till.provider])
    (seen,) = till.gateway.look(paid.ref).refunds
    assert (seen.ref, seen.refund_id, seen.state) == (refund.ref, refund_id, RefundState.FAILED)
    assert seen.failure_code == STATES["failed"][till.provider]


@pytest.mark.parametrize(
    ("till", "knobs", "state"),
    [
        (Provider.STRIPE, {"stripe_refunds": "pending"}, RefundState.SENT),
        (Provider.STRIPE, {"stripe_refunds": "requires_action"}, RefundState.SENT),
        (Provider.STRIPE, {"stripe_refunds": "failed"}, RefundState.FAILED),
        (Provider.PAYSTACK, {"paystack_refunds": "processing"}, RefundState.SENT),
        (Provider.PAYSTACK, {"paystack_refunds": "needs-attention"}, RefundState.ATTENTION),
        (Provider.PAYSTACK, {"paystack_refund_amounts": "string"}, RefundState.SUCCEEDED),
    ],
    indirect=["till"],
)
def test_a_refund_may_come_out_otherwise(till: Till, knobs: dict[str, str], state: RefundState) -> None:
    paid = till.paid()
    till.customer.dispose(**knobs)
    till.give_back(paid, 450_000)
    (refund,) = till.gateway.look(paid.ref).refunds
    assert (refund.state, refund.amount) == (state, 450_000)


def test_a_refund_made_by_hand_is_seen_and_not_ours(till: Till, paystack: Shop, raw: Shop) -> None:
    paid = till.paid()
    if till.provider is Provider.STRIPE:
        raw.ask("POST", "/refunds", data={"payment_intent": paid.ref, "amount": "1000"})
    else:
        paystack.ask("POST", "/refund", json={"transaction": paid.ref, "amount": 1000})
    (refund,) = till.gateway.look(paid.ref).refunds
    assert (refund.refund_id, refund.amount) == (None, 1000)


def test_refunds_of_many_pages_are_all_seen(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"workers.providers.{till.provider}.PAGE", 2)
    paid = till.paid()
    for _ in range(5):
        till.give_back(paid, 1000)
    other = till.paid()
    till.give_back(other, 1000)
    assert len(till.gateway.look(paid.ref).refunds) == 5


@PAYSTACK_ONLY
def test_a_currency_that_the_account_does_not_take_is_refused(till: Till) -> None:
    account = PAYSTACK.model_copy(update={"currencies": ("NGN",)})
    till.customer.control("PUT", "/accounts", **account.model_dump(mode="json"))
    with pytest.raises(Refused) as refused:
        till.gateway.create(till.order(Money(4500, "USD")))
    assert refused.value.code == "unsupported_currency"


def test_live_money_is_told_apart(till: Till, providers: Providers) -> None:
    live = stood_in(till.provider, providers, secret_key=till.keys.secret_key.replace("test", "live"))
    made = live.gateway.create(live.order())
    assert (made.is_live, live.gateway.look(made.ref).is_live) == (True, True)
    assert not till.paid().is_live


def test_payments_are_listed_by_when_they_were_made(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"workers.providers.{till.provider}.PAGE", 2)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    refs = []
    for second in range(7):
        till.customer.control("PUT", "/clock", now=(noon + timedelta(seconds=second)).isoformat())
        refs.append(till.paid().ref)
    listed = till.gateway.between(noon + timedelta(seconds=1), noon + timedelta(seconds=6))
    assert sorted(seen.ref for seen in listed) == sorted(refs[1:6])
    assert not [*till.gateway.between(noon - timedelta(days=1), noon)]


@PAYSTACK_ONLY
@pytest.mark.parametrize("shape", ["object", "string", "empty", "zero", "null"])
def test_metadata_in_any_shape(till: Till, shape: str) -> None:
    till.customer.dispose(paystack_metadata=shape)
    order = till.order()
    made = till.gateway.create(order)
    till.customer.customer_pays(made.ref)
    seen = till.gateway.look(made.ref)
    assert (seen.state, seen.payment_id) == (
        State.SUCCEEDED,
        order.payment_id if shape in {"object", "string"} else None,
    )


def test_a_create_whose_answer_was_lost_is_found_by_the_list(till: Till) -> None:
    since = datetime.now(UTC) - timedelta(seconds=5)
    order = till.order()
    till.customer.fail("reset", when="after", provider=till.provider.value, method="POST")
    with pytest.raises(Unknown):
        till.gateway.create(order)
    (seen,) = till.gateway.between(since, datetime.now(UTC) + timedelta(seconds=5))
    assert seen.payment_id == order.payment_id
    assert len(till.customer.objects(KINDS[till.provider])) == 1
