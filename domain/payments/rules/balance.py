"""Balances: what of a booking's money the business may keep, what has to go back, and what is still due. Pure.

A payment has a purpose, and for each purpose a live booking needs one payment of a certain amount. What came beside
that, a second payment by another provider say, goes back. Of a cancelled booking the fee is kept; of one that came to
nothing else, nothing is.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.bookings.rules import PaymentStatus, Status
from domain.payments.rules.states import Purpose, RefundReason

LOST = frozenset({Status.CANCELLED, Status.DECLINED, Status.EXPIRED, Status.REJECTED})
"""Bookings that nobody gets anything for any more."""


class Dues(NamedTuple):
    """What a booking costs, what of it is due at first (None: all), its status, and what cancelling it cost."""

    status: Status
    price: int
    deposit: int | None
    fee: int = 0

    @property
    def first(self) -> tuple[Purpose, int]:
        """Return what has to be paid at first, and what for."""
        return (Purpose.PRICE, self.price) if self.deposit is None else (Purpose.DEPOSIT, self.deposit)


class Received(NamedTuple):
    """Money that came by one payment, and what of it is given back, or promised back, or in dispute.

    They are listed in the order in which they came. *undone* is what of *reserved* was none of the booking's when it went
    back, too late or beside another: it counts for nothing any more. *waived* is what the rules wanted back and somebody
    decided to keep. *held* money, which does not match what was asked for, is nobody's
    until a person has decided; neither is it kept nor given back.
    """

    payment_id: UUID
    purpose: Purpose
    amount: int
    reserved: int = 0
    undone: int = 0
    disputed: int = 0
    waived: int = 0
    is_held: bool = False

    @property
    def counting(self) -> int:
        """Return what of it is paid for the booking."""
        return 0 if self.is_held else self.amount - self.undone


class Repayment(NamedTuple):
    """What of a payment has to go back by the rules, and why."""

    payment_id: UUID
    amount: int
    reason: RefundReason


def repayments(dues: Dues, received: Iterable[Received]) -> list[Repayment]:
    """Return what has to go back and is not on its way yet."""
    wanted = _wanted(dues)
    owed: list[Repayment] = []
    for each in received:
        if each.is_held:
            continue
        pot = each.purpose if dues.status not in LOST else None
        kept = min(each.counting, wanted.get(pot, 0))
        wanted[pot] = wanted.get(pot, 0) - kept
        amount = each.amount - kept - each.reserved - each.disputed - each.waived
        if amount > 0:
            owed.append(Repayment(each.payment_id, amount, _reason(dues.status, kept)))
    return owed


def outstanding(dues: Dues, received: Iterable[Received]) -> tuple[Purpose, int] | None:
    """Return what may be paid now, and what for; None: nothing. What was given back on purpose is not asked for again."""
    if dues.status in LOST:
        return None
    paid = dict.fromkeys(Purpose, 0)
    for each in received:
        paid[each.purpose] += each.counting
    purpose, amount = dues.first
    if paid[purpose] < amount:
        return purpose, amount - paid[purpose]
    rest = dues.price - sum(paid.values())
    return (Purpose.BALANCE, rest) if rest > 0 else None


def is_settled(dues: Dues, received: Iterable[Received]) -> bool:
    """Tell whether what is due at first has come."""
    purpose, amount = dues.first
    return sum(each.counting for each in received if each.purpose is purpose) >= amount


def payment_status(
    dues: Dues,
    received: Sequence[Received],
    *,
    refunded: int,
    returned: int,
    is_required: bool,
    is_processing: bool,
    is_disputed: bool,
) -> PaymentStatus:
    """Return where a booking's money stands.

    *refunded* is what has been given back of all that came, *returned* what of it was the booking's: a second payment
    that went back leaves a booking as paid as it was.
    """
    total = sum(each.amount for each in received)
    has_its_money = is_settled(dues, received)
    if is_disputed:
        return PaymentStatus.DISPUTED
    if total and refunded >= total:
        return PaymentStatus.REFUNDED
    if total and refunded and (returned or not has_its_money):
        return PaymentStatus.PARTIALLY_REFUNDED
    if total and has_its_money:
        return PaymentStatus.PAID
    if is_processing:
        return PaymentStatus.PROCESSING
    return PaymentStatus.UNPAID if is_required else PaymentStatus.NOT_REQUIRED


def _wanted(dues: Dues) -> dict[Purpose | None, int]:
    """Return what is kept for each purpose, or of everything (None)."""
    if dues.status in LOST:
        return {None: dues.fee if dues.status is Status.CANCELLED else 0}
    if dues.deposit is None:
        return {Purpose.PRICE: dues.price}
    return {Purpose.DEPOSIT: dues.deposit, Purpose.BALANCE: dues.price - dues.deposit}


def _reason(status: Status, kept: int) -> RefundReason:
    by_end: Mapping[Status, RefundReason] = {Status.CANCELLED: RefundReason.CANCELLED}
    if status in LOST:
        return by_end.get(status, RefundReason.LATE)
    return RefundReason.SURPLUS if kept else RefundReason.DUPLICATE
