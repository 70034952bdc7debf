"""Asking for a payment: what is due of a booking, by a provider that its business takes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import service as bookings
from domain.bookings.rules import shown_status
from domain.bookings.service.authority import is_customer, serves
from domain.bookings.tables import Booking
from domain.kernel import jobs
from domain.kernel.plot import ADVANCE
from domain.payments import queries
from domain.payments.queries import Books
from domain.payments.rules.balance import outstanding
from domain.payments.rules.currencies import takes, to_provider
from domain.payments.rules.errors import (
    CustomersOrStaffOnly,
    HoldExpiring,
    NothingDue,
    PaymentInReview,
    PaymentProcessing,
    ProviderNotOffered,
)
from domain.payments.rules.states import Provider, Purpose, State
from domain.payments.service.conclude import TAKES_MONEY
from domain.payments.service.facts import advance, happened, noted, told
from domain.payments.tables import Payment, ProviderAccount

SHORTEST_HOLD = timedelta(seconds=30)
LATEST_LOOK = timedelta(minutes=1)

Platform = Mapping[Provider, bool]
"""The providers that the installation has keys for, and whether those are for real money."""


def ask(
    session: Session,
    booking_id: UUID,
    provider: Provider,
    *,
    platform: Platform,
    caller: Principal,
    now: datetime,
    return_url: str | None = None,
) -> tuple[Payment, bool]:
    """Return the open payment of a booking with a provider, and whether it is new: then it is still to be made.

    Locks the booking and its payments. Errors: NotFound, CustomersOrStaffOnly, ProviderNotOffered, NothingDue,
    HoldExpiring, PaymentProcessing, PaymentInReview, CurrencyNotTaken, AmountNotChargeable, AmountTooSmall.
    """
    books = queries.books_for_update(session, bookings.seen(session, booking_id, caller=caller).id)
    if not is_customer(books.booking, caller) and not serves(session, books.booking, caller):
        raise CustomersOrStaffOnly
    account = account_of(session, books.booking.business_id, provider, platform)
    purpose, amount = due(books, now)
    _refuse_short_hold(books.booking, now)
    _refuse_beside(books, provider)
    open_one = next((each for each in books.open if each.provider == provider and not each.cancel_requested_at), None)
    if open_one is not None:
        is_same = (open_one.purpose, open_one.amount, open_one.account_id) == (purpose, amount, account.id)
        if is_same and open_one.missing_since is None:
            _hurry(session, open_one, now)
            return open_one, False
        open_one.cancel_requested_at = now
        happened(session, "payment.cancel_requested", open_one, now=now)
    to_provider(provider, amount, books.booking.currency)
    return _requested(session, books.booking, account, purpose, amount, caller, now, return_url), True


def _hurry(session: Session, payment: Payment, now: datetime) -> None:
    """Have a payment tried again at once that somebody waits for, however long its provider has been away."""
    if payment.state == State.CREATING and not jobs.underway(session, ADVANCE, [payment.id]):
        advance(session, payment, now=now)


def _requested(
    session: Session,
    booking: Booking,
    account: ProviderAccount,
    purpose: Purpose,
    amount: int,
    caller: Principal,
    now: datetime,
    return_url: str | None,
) -> Payment:
    made = Payment(
        booking_id=booking.id,
        business_id=booking.business_id,
        account_id=account.id,
        provider=account.provider,
        purpose=purpose,
        amount=amount,
        currency=booking.currency,
        state=State.CREATING,
        return_url=return_url,
        asked_by=caller.actor_id,
        next_look_at=now + LATEST_LOOK,
        request_id=session.info.get("request_id"),
        created_at=now,
    )
    session.add(made)
    session.flush()
    told(session, "payment.requested", made, now=now, provider=account.provider)
    noted(session, caller, "payment.requested", made, now=now, amount=amount, currency=made.currency)
    return made


def account_of(session: Session, business_id: UUID, provider: Provider, platform: Platform) -> ProviderAccount:
    """Return the account by which a business is paid: its own, or else the platform's. Errors: ProviderNotOffered."""
    own = queries.own_account(session, business_id, provider)
    if own is not None:
        return own
    if provider not in platform:
        raise ProviderNotOffered(provider=provider.value.capitalize())
    return queries.platform_account(session, provider, is_live=platform[provider])


def taken_by(session: Session, business_id: UUID, currency: str, *, platform: Platform) -> list[Provider]:
    """Return the providers by which a business can be paid in a currency, by accounts of its own or the platform's."""
    return [
        each
        for each in (Provider.STRIPE, Provider.PAYSTACK)
        if takes(each, currency) and (each in platform or queries.own_account(session, business_id, each) is not None)
    ]


def due(books: Books, now: datetime) -> tuple[Purpose, int]:
    """Return what is due of a booking, and what for. Errors: NothingDue, PaymentInReview."""
    status = shown_status(books.booking.status, books.booking.hold_expires_at, now=now)
    if status not in TAKES_MONEY:
        raise NothingDue(why=status.value.replace("_", " "))
    if any(each.state == State.REVIEW for each in books.payments):
        raise PaymentInReview
    found = outstanding(books.dues, books.received)
    if found is None:
        raise NothingDue(why="paid" if books.received else f"free, and {status.value}")
    return found


def _refuse_short_hold(booking: Booking, now: datetime) -> None:
    """Refuse to send a customer away to pay who would come back too late; whoever takes cash takes it at once."""
    if booking.hold_expires_at is not None and booking.hold_expires_at - now < SHORTEST_HOLD:
        raise HoldExpiring


def _refuse_beside(books: Books, provider: Provider) -> None:
    for each in books.payments:
        if each.state == State.PROCESSING and each.provider != provider:
            raise PaymentProcessing
