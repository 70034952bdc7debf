"""The reckoning: what each booking's money is by the providers' own objects, and what of it is not as it should be."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import select

from config.transaction import Session, transaction
from domain.bookings.tables import Booking
from domain.kernel.jobs import Job
from domain.payments.tables import LedgerEntry, Payment, ProviderEvent, Refund
from tests.standins import Providers

ENDED = frozenset({"cancelled", "declined", "expired", "rejected"})
OPEN = frozenset({"creating", "open", "processing"})
Json = dict[str, Any]


@dataclass
class Told:
    """What a provider tells of one payment: received, refunded, and withdrawn by the customer's bank."""

    received: int = 0
    refunded: int = 0
    withdrawn: int = 0

    @property
    def net(self) -> int:
        """Return what is left of it."""
        return self.received - self.refunded - self.withdrawn


@dataclass(frozen=True)
class Verdict:
    """What is wrong, in words; by how much money; and how many of what there were."""

    wrongs: Sequence[str]
    difference: int
    counts: Mapping[str, int]


def told(providers: Providers) -> Mapping[str, Told]:
    """Return what both providers tell, by their names of payments."""
    found: dict[str, Told] = {}
    for each in providers.objects("payment_intent"):
        found[each["id"]] = Told(received=each["amount_received"])
    for each in providers.objects("transaction"):
        is_paid = each["status"] in {"success", "reversed"}
        found[each["reference"]] = Told(received=each["amount"] if is_paid else 0)
    for each in providers.objects("refund"):
        found[each["payment_intent"]].refunded += each["amount"] if each["status"] == "succeeded" else 0
    for each in providers.objects("paystack_refund"):
        found[each["reference"]].refunded += each["amount"] if each["status"] == "processed" else 0
    for each in providers.objects("dispute"):
        found[each["payment_intent"]].withdrawn += each["amount"] if each["status"] != "won" else 0
    return found


def reckoned(providers: Providers, business_id: UUID) -> Verdict:
    """Compare all money of a business with what the providers tell of it."""
    said = told(providers)
    with transaction() as session:
        books = _Books(session, business_id)
        wrongs = [
            *(f"unknown money at a provider: {ref}" for ref in said if said[ref].received and ref not in books.refs),
            *_ledger_wrongs(books, said),
            *(wrong for booking in books.bookings for wrong in _booking_wrongs(books, booking, said)),
            *_place_wrongs(books.bookings),
            *(f"dead: {job.kind} {job.ref_id} {job.last_error}" for job in books.jobs if job.state == "dead"),
            *(f"not done: {job.kind} {job.ref_id} {job.last_error}" for job in books.jobs if job.state == "ready"),
            *(f"not looked into: {event.kind} {event.payment_ref}" for event in books.events if event.state == "new"),
        ]
        difference = sum(abs(books.net(each, said) - wanted(books, each, said)) for each in books.bookings)
        difference += sum(told.received for ref, told in said.items() if ref not in books.refs)
        return Verdict(wrongs, difference, _counts(books, said))


class _Books:
    """All rows of a business."""

    def __init__(self, session: Session, business_id: UUID) -> None:
        mine = select(Booking).where(Booking.business_id == business_id)
        self.bookings = session.scalars(mine.order_by(Booking.created_at)).all()
        self.payments = session.scalars(select(Payment).where(Payment.business_id == business_id)).all()
        self.refunds = session.scalars(select(Refund).where(Refund.business_id == business_id)).all()
        self.ledger = session.scalars(select(LedgerEntry).where(LedgerEntry.business_id == business_id)).all()
        self.jobs = session.scalars(select(Job).where(Job.kind != "bookings.allocate", Job.state != "done")).all()
        self.events = session.scalars(select(ProviderEvent)).all()
        self.refs = {each.provider_ref for each in self.payments}

    def of(self, booking: Booking) -> list[Payment]:
        return [each for each in self.payments if each.booking_id == booking.id]

    def told(self, booking: Booking, said: Mapping[str, Told]) -> list[Told]:
        return [said[each.provider_ref] for each in self.of(booking) if each.provider_ref]

    def net(self, booking: Booking, said: Mapping[str, Told]) -> int:
        return sum(each.net for each in self.told(booking, said))

    def wished(self, booking: Booking) -> int:
        """Return what staff have given back because they wanted to, also by hand where it was not known to be sent."""
        rows = (each for each in self.refunds if each.booking_id == booking.id and each.reason == "requested")
        return sum(each.amount for each in rows if each.state in {"succeeded", "attention"})


def wanted(books: _Books, booking: Booking, said: Mapping[str, Told]) -> int:
    """Return what should be left of a booking's money at the providers."""
    paid = books.told(booking, said)
    withdrawn = sum(each.withdrawn for each in paid)
    if booking.status in {"confirmed", "completed"}:
        return booking.price_amount - books.wished(booking) - withdrawn
    received = sum(each.received for each in paid)
    fee = (booking.cancellation_fee_amount or 0) if booking.status == "cancelled" else 0
    kept = min(fee, received)
    wished = books.wished(booking)
    if withdrawn:
        return max(0, min(kept, booking.price_amount - wished - withdrawn))
    return min(kept, max(received - wished, 0), booking.price_amount - wished)


def _ledger_wrongs(books: _Books, said: Mapping[str, Told]) -> Iterator[str]:
    for payment in books.payments:
        written = sum(each.amount for each in books.ledger if each.payment_id == payment.id and each.kind != "fee")
        there = said[payment.provider_ref].net if payment.provider_ref else 0
        if written != there:
            yield f"{payment.provider} {payment.id}: the ledger says {written}, the provider {there}"


def _booking_wrongs(books: _Books, booking: Booking, said: Mapping[str, Told]) -> Iterator[str]:
    net, due = books.net(booking, said), wanted(books, booking, said)
    states = [(each.provider, each.state, each.received_amount) for each in books.of(booking)]
    refunds = [
        (each.reason, each.state, each.amount, each.failure_code)
        for each in books.refunds
        if each.booking_id == booking.id
    ]
    shown = f"{booking.status} {booking.id} {states} {refunds} {books.told(booking, said)}"
    if net != due:
        yield f"{net} is left and not {due}: {shown}"
    if booking.status in ENDED and any(each.state in OPEN for each in books.of(booking)):
        yield f"open after the end: {shown}"
    if booking.status == "awaiting_payment":
        yield f"awaits its payment still: {shown}"
    if any(each.booking_id == booking.id and each.state in {"pending", "sent"} for each in books.refunds):
        yield f"a refund is under way still: {shown}"
    if any(state == "review" for _, state, _ in states):
        yield f"in review: {shown}"


def _place_wrongs(bookings: Sequence[Booking]) -> Iterator[str]:
    """Two bookings at one time in one place, by the bookings themselves."""
    for one, other in combinations([each for each in bookings if each.status == "confirmed"], 2):
        shared = {each["resource_id"] for each in one.resources} & {each["resource_id"] for each in other.resources}
        if shared and one.starts_at < other.ends_at and other.starts_at < one.ends_at:
            yield f"two in one place: {one.id} and {other.id}"


def _counts(books: _Books, said: Mapping[str, Told]) -> Mapping[str, int]:
    found = Counter(f"bookings {each.status}" for each in books.bookings)
    found.update(f"payments {each.state}" for each in books.payments)
    found.update(f"refunds {each.reason} {each.state}" for each in books.refunds)
    found["received"] = sum(each.received for each in said.values())
    found["refunded"] = sum(each.refunded for each in said.values())
    found["withdrawn"] = sum(each.withdrawn for each in said.values())
    found["webhooks heard"] = sum(each.copies for each in books.events)
    found["webhooks kept"] = len(books.events)
    return found
