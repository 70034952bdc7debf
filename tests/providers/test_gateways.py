"""What every provider does behind the gateway without a customer: at the stand-ins, and in test mode where there is a key.

STRIPE_TEST_SECRET_KEY=sk_test_… PAYSTACK_TEST_SECRET_KEY=sk_test_… pytest tests/providers/test_gateways.py
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.kernel.money import Money
from domain.payments.gateway import Away, Missing, Refused, Seen, Unknown
from domain.payments.rules.states import Provider, State
from tests.providers.tills import PRICES, STAND_INS, TEST_MODES, Till, in_test_mode, refund_of, stood_in

Place = Callable[[pytest.FixtureRequest], Till]


def _at_stand_in(provider: Provider) -> Place:
    return lambda request: stood_in(provider, request.getfixturevalue("providers"))


def _for_real(provider: Provider) -> Place:
    return lambda _request: in_test_mode(provider)


EVERYWHERE = [
    *(pytest.param(_at_stand_in(provider), id=provider.value) for provider in STAND_INS),
    *(pytest.param(_for_real(provider), id=f"{provider.value}-test-mode") for provider in TEST_MODES),
]
NOBODY = {Provider.STRIPE: "pi_3Nonesuch000000000000000", Provider.PAYSTACK: "pay-nonesuch"}
HANDED_OVER = {
    Provider.STRIPE: {"client_secret", "publishable_key"},
    Provider.PAYSTACK: {"authorization_url", "access_code", "reference"},
}


@pytest.fixture(params=EVERYWHERE)
def till(request: pytest.FixtureRequest) -> Till:
    """Return each account in turn."""
    place: Place = request.param
    return place(request)


def test_a_payment_is_made_possible(till: Till) -> None:
    order = till.order()
    made = till.gateway.create(order)
    assert made == Seen(
        ref=made.ref,
        state=State.OPEN,
        amount=order.price.amount,
        currency=order.price.currency,
        is_live=False,
        payment_id=order.payment_id,
        handover=made.handover,
    )
    assert made.handover.keys() == HANDED_OVER[till.provider]
    assert all(made.handover.values())


def test_it_is_seen_again_without_what_was_handed_over(till: Till) -> None:
    made = till.gateway.create(till.order())
    assert till.gateway.look(made.ref) == replace(made, handover={})


def test_the_same_key_never_makes_two(till: Till) -> None:
    order = till.order()
    first = till.gateway.create(order)
    if till.provider is Provider.STRIPE:
        assert till.gateway.create(order) == first
        return
    with pytest.raises(Unknown) as again:
        till.gateway.create(order)
    assert (again.value.code, again.value.answered) == ("duplicate_reference", True)


def test_a_key_of_another_order_is_no_refusal(till: Till) -> None:
    order = till.order()
    till.gateway.create(order)
    with pytest.raises(Unknown) as other:
        till.gateway.create(replace(order, price=Money(order.price.amount + 100, order.price.currency)))
    assert other.value.answered


def test_what_nobody_paid_is_cancelled_for_good(till: Till) -> None:
    made = till.gateway.create(till.order())
    assert till.gateway.cancel(made.ref) == replace(made, handover={}, state=State.CANCELED)
    assert till.gateway.cancel(made.ref).state is State.CANCELED


def test_nobodys_payment_is_missing(till: Till) -> None:
    ref = NOBODY[till.provider]
    for call in (till.gateway.look, till.gateway.cancel):
        with pytest.raises(Missing):
            call(ref)


def test_a_refund_of_nobodys_payment_is_missing(till: Till) -> None:
    made = till.gateway.create(till.order())
    with pytest.raises(Missing):
        till.gateway.refund(replace(refund_of(made, 450_000, uuid4()), ref=NOBODY[till.provider]))


def test_what_was_not_paid_cannot_be_given_back(till: Till) -> None:
    made = till.gateway.create(till.order())
    with pytest.raises(Refused):
        till.give_back(made, PRICES[till.provider].amount)


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (Money(450_000, "XTS"), "currency_not_taken"),
        (Money(1, "USD"), "amount_too_small"),
    ],
)
def test_what_cannot_be_charged_is_refused_before_anybody_is_asked(till: Till, price: Money, code: str) -> None:
    with pytest.raises(Refused) as refused:
        till.gateway.create(till.order(price))
    assert refused.value.code == code


def test_an_address_that_is_none_is_refused(till: Till) -> None:
    with pytest.raises(Refused) as refused:
        till.gateway.create(till.order(email="nobody"))
    assert refused.value.code in {"email_invalid", "invalid_email_address"}


def test_a_key_that_is_not_accepted_is_away(till: Till) -> None:
    stranger = Till(replace(till.keys, secret_key="sk_test_stranger_9bd1"))
    with pytest.raises(Away) as away:
        stranger.gateway.create(till.order())
    assert "9bd1" not in repr(away.value)


def test_payments_of_a_while_are_listed(till: Till) -> None:
    since = datetime.now(UTC) - timedelta(seconds=60)
    made = [till.gateway.create(till.order()) for _ in range(2)]
    until = datetime.now(UTC) + timedelta(seconds=60)
    listed = {seen.ref: seen for seen in till.gateway.between(since, until)}
    assert {each.ref: replace(each, handover={}) for each in made}.items() <= listed.items()
    assert not {each.ref for each in made} & {seen.ref for seen in till.gateway.between(until, until + (until - since))}
