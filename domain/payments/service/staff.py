"""What who serves a booking does about its money: giving it back, taking it themselves, deciding what does not match."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain.accounts.rules import Principal
from domain.bookings import service as bookings
from domain.payments import queries
from domain.payments.queries import Books
from domain.payments.rules.currencies import part_to_provider
from domain.payments.rules.errors import NotCountable, NotInReview, NotRefundable, NotWhatIsDue, RefundTooLarge
from domain.payments.rules.states import Entry, Provider, Purpose, RefundReason, RefundState, State
from domain.payments.service.ask import due
from domain.payments.service.authority import refuse_unless_serving, serving_for_update
from domain.payments.service.conclude import conclude
from domain.payments.service.facts import noted, told
from domain.payments.service.look import seen
from domain.payments.service.promise import add
from domain.payments.service.resolve import handed_back
from domain.payments.service.settle import moved
from domain.payments.tables import Payment, Refund


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Money that the business took itself: *amount* None is what is due at first, *method* is how."""

    method: str
    amount: int | None = None
    note: str | None = None


def refund(
    session: Session,
    payment_id: UUID,
    amount: int | None,
    *,
    caller: Principal,
    now: datetime,
    note: str | None = None,
) -> Refund:
    """Give money back of a payment that succeeded; None: all that is left of it.

    What was paid to the business itself is handed back by it: that is recorded as done, and settles what the rules
    said has to go back. Errors: NotFound, MembersOnly, OwnResourcesOnly, NotRefundable, RefundTooLarge,
    AmountNotChargeable.
    """
    books, payment = serving_for_update(session, payment_id, caller=caller)
    if payment.state != State.SUCCEEDED:
        raise NotRefundable(why=payment.state.replace("_", " "))
    if payment.provider == Provider.OFFLINE:
        return _handed_back(session, books, payment, amount, caller=caller, now=now, note=note)
    left = books.left_of(payment)
    if not left or (amount is not None and amount > left):
        raise RefundTooLarge(left=left, currency=payment.currency)
    wanted = left if amount is None else amount
    part_to_provider(Provider(payment.provider), wanted, payment.currency)  # refuses what it cannot count
    made = add(session, books, payment.id, wanted, RefundReason.REQUESTED, now=now, note=note, asked_by=caller.user_id)
    conclude(session, books, None, is_new_money=False, now=now)
    noted(session, caller, "refund.requested", made, now=now, amount=wanted, currency=payment.currency)
    return made


def take(session: Session, booking_id: UUID, taken: Taken, *, caller: Principal, now: datetime) -> Payment:
    """Record money that the business took itself, which confirms a booking that awaits it.

    The rest that is due after a deposit has to be named, so that who says the same twice has not taken both.
    Errors: NotFound, MembersOnly, OwnResourcesOnly, those of `due`, NotWhatIsDue.
    """
    books = queries.books_for_update(session, bookings.seen(session, booking_id, caller=caller).id)
    refuse_unless_serving(session, books.booking, caller)
    purpose, amount = due(books, now)
    if taken.amount != amount and (taken.amount is not None or purpose is Purpose.BALANCE):
        raise NotWhatIsDue(due=amount, currency=books.booking.currency)
    made = Payment(
        booking_id=booking_id,
        business_id=books.booking.business_id,
        provider=Provider.OFFLINE,
        purpose=purpose,
        amount=amount,
        currency=books.booking.currency,
        state=State.SUCCEEDED,
        received_amount=amount,
        method=taken.method,
        note=taken.note,
        asked_by=caller.user_id,
        settled_at=now,
        request_id=session.info.get("request_id"),
        created_at=now,
    )
    session.add(made)
    session.flush()
    books.payments.append(made)
    queries.enter(session, made, Entry.CHARGE, amount, str(made.id), now=now)
    told(session, "payment.recorded", made, now=now, method=taken.method)
    noted(session, caller, "payment.recorded", made, now=now, amount=amount, currency=made.currency)
    conclude(session, books, None, is_new_money=False, now=now)
    return made


def accept(session: Session, payment_id: UUID, *, caller: Principal, now: datetime) -> Payment:
    """Let money count that came otherwise than it was asked for, up to what was asked for.

    Errors: NotFound, MembersOnly, OwnResourcesOnly, NotInReview, NotCountable; NeedsLane as in `settle`: then
    `accept_with_lane`.
    """
    books, payment = _in_review(session, payment_id, caller)
    return _accepted(session, books, payment, None, caller, now)


def accept_with_lane(session: Session, payment_id: UUID, *, caller: Principal, now: datetime) -> Payment:
    """Do as `accept`, with all locked that an allocation locks, so that an expired booking may get its place again."""
    asked = seen(session, payment_id, caller=caller)
    ground = bookings.ground_for_update(session, asked.booking_id, now=now)
    books = queries.money_for_update(session, ground.booking)
    refuse_unless_serving(session, books.booking, caller)
    payment = books.payment(payment_id)
    if payment.state != State.REVIEW:
        raise NotInReview(state=payment.state)
    return _accepted(session, books, payment, ground, caller, now)


def _accepted(
    session: Session,
    books: Books,
    payment: Payment,
    ground: bookings.Ground | None,
    caller: Principal,
    now: datetime,
) -> Payment:
    if not payment.received_amount:
        raise NotCountable(provider=payment.provider.capitalize())
    moved(session, payment, State.SUCCEEDED, now=now, accepted=True)
    conclude(session, books, ground, is_new_money=True, now=now)
    noted(session, caller, "payment.review_accepted", payment, now=now)
    return payment


def give_back(session: Session, payment_id: UUID, *, caller: Principal, now: datetime) -> Payment:
    """Send money back that came otherwise than it was asked for. Errors: as in `accept`, but for the last two.

    What came in another currency is for its business to give back at the provider; that ends the review all the same.
    """
    books, payment = _in_review(session, payment_id, caller)
    left = books.left_of(payment)
    if left:
        add(session, books, payment.id, left, RefundReason.REVIEW, now=now, asked_by=caller.user_id)
    moved(session, payment, State.SUCCEEDED, now=now, accepted=False)
    conclude(session, books, None, is_new_money=False, now=now)
    noted(session, caller, "payment.review_returned", payment, now=now)
    return payment


def _handed_back(
    session: Session,
    books: Books,
    payment: Payment,
    amount: int | None,
    *,
    caller: Principal,
    now: datetime,
    note: str | None,
) -> Refund:
    owed = next((each for each in books.refunds_of(payment.id) if each.state == RefundState.ATTENTION), None)
    left = books.left_of(payment)
    if owed is None or amount not in (None, owed.amount):
        if not left or (amount is not None and amount > left):
            raise RefundTooLarge(left=left, currency=payment.currency)
        owed = add(
            session,
            books,
            payment.id,
            left if amount is None else amount,
            RefundReason.REQUESTED,
            now=now,
            note=note,
            asked_by=caller.user_id,
        )
    owed.note = note or owed.note
    handed_back(session, books, owed, caller, now)
    conclude(session, books, None, is_new_money=False, now=now)
    noted(session, caller, "refund.requested", owed, now=now, amount=owed.amount, currency=owed.currency)
    return owed


def _in_review(session: Session, payment_id: UUID, caller: Principal) -> tuple[Books, Payment]:
    books, payment = serving_for_update(session, payment_id, caller=caller)
    if payment.state != State.REVIEW:
        raise NotInReview(state=payment.state)
    return books, payment
