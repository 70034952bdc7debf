"""How a payment that a provider tells differs from ours: by its state, or else by its amounts. Pure."""

from typing import NamedTuple

from domain.payments.rules.states import PAID, Provider, State


class Side(NamedTuple):
    """A payment as one side tells it; an amount of None cannot be one of ours."""

    state: State
    amount: int | None
    currency: str
    received: int | None


def difference_of(provider: Provider, ours: Side, theirs: Side) -> tuple[str, str, str] | None:
    """Return which kind of difference there is, with what each says; None: they agree."""
    if not _is_same_state(provider, ours.state, theirs.state):
        return "state", ours.state.value, theirs.state.value
    if ours.state is State.REVIEW and (ours.currency != theirs.currency or ours.received == theirs.received):
        return None  # that it is not as it was asked for is known, and waits for somebody
    if (theirs.amount, theirs.currency) != (ours.amount, ours.currency):
        return "amount", _words(ours.amount, ours), _words(theirs.amount, theirs)
    if ours.state in PAID and ours.received not in {theirs.received, _counted(provider, theirs)}:
        return "amount", _words(ours.received, ours), _words(theirs.received, theirs)
    return None


def _is_same_state(provider: Provider, ours: State, theirs: State) -> bool:
    """Tell whether two states are one. Paystack cannot cancel: what we let nobody pay any more is open there."""
    if ours in PAID and theirs in PAID:
        return True
    return ours == theirs or (provider is Provider.PAYSTACK and (ours, theirs) == (State.CANCELED, State.OPEN))


def _counted(provider: Provider, theirs: Side) -> int | None:
    """Return what counts of what came: where customers bear the fees more comes, and the rest is Paystack's."""
    if provider is not Provider.PAYSTACK or theirs.received is None or theirs.amount is None:
        return theirs.received
    return min(theirs.received, theirs.amount)


def _words(amount: int | None, side: Side) -> str:
    return f"{'unknown' if amount is None else amount} {side.currency}"
