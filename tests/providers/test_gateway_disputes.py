"""Disputes, as the gateway tells them: the stand-ins play the bank."""

import pytest

from domain.payments.gateway import Refused
from domain.payments.rules.states import DisputeState, Provider, State
from tests.providers.tills import Till

LOSE = {Provider.STRIPE: "lose", Provider.PAYSTACK: "merchant-accepted"}
WIN = {Provider.STRIPE: "win", Provider.PAYSTACK: "declined"}
STRIPE_ONLY = pytest.mark.parametrize("till", [Provider.STRIPE], indirect=True, ids=str)


def test_a_dispute_is_lost(till: Till) -> None:
    paid = till.paid()
    opened = till.customer.customer_disputes(paid.ref)
    (dispute,) = till.gateway.look(paid.ref).disputes
    at_once = till.provider is Provider.STRIPE  # Paystack takes the money when the dispute is accepted
    assert (dispute.state, dispute.amount, dispute.is_withdrawn) == (DisputeState.OPEN, 450_000, at_once)
    assert (dispute.ref, bool(dispute.reason), dispute.due_at is not None) == (str(opened["id"]), True, True)
    till.customer.dispute(opened["id"], LOSE[till.provider])
    seen = till.gateway.look(paid.ref)
    assert seen.state is State.SUCCEEDED
    assert [(each.state, each.amount, each.is_withdrawn) for each in seen.disputes] == [
        (DisputeState.LOST, 450_000, True)
    ]


def test_a_dispute_is_won(till: Till) -> None:
    paid = till.paid()
    opened = till.customer.customer_disputes(paid.ref)
    till.customer.dispute(opened["id"], WIN[till.provider])
    (dispute,) = till.gateway.look(paid.ref).disputes
    assert (dispute.state, dispute.is_withdrawn) == (DisputeState.WON, False)


@STRIPE_ONLY
def test_what_is_disputed_is_not_given_back(till: Till) -> None:
    paid = till.paid()
    till.customer.customer_disputes(paid.ref)
    with pytest.raises(Refused) as refused:
        till.give_back(paid, 450_000)
    assert refused.value.code == "charge_disputed"
