"""Payments: asked for, looked at, given back; taken by the business itself; decided where they do not match."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Response

from config.clock import clock
from config.payments import platform_accounts
from config.transaction import Session, reading, retried
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.payments import service as payment_service
from domain.payments.rules.states import Provider, State
from domain.payments.service import NeedsLane, Platform
from domain.payments.tables import Payment
from web.answers import Answer, shown
from web.auth import caller, for_guests
from web.deciding import told
from web.describing import IDEMPOTENCY_KEY, PREFER
from web.idempotency import performed, write
from web.openapi import noun, operation
from web.pagination import Listing, after, listed
from web.schemas.payments import (
    IntentRequest,
    OfflineRequest,
    PaymentPath,
    PaymentQuery,
    PaymentsQuery,
    PaymentView,
    ReviewRequest,
    TransactionRequest,
)
from web.waiting import prefers_not_to_wait, waiting

payments = noun("payments", "Money for bookings: asked for, received, given back.")

PaymentList = Listing[PaymentView]
WAIT = 10
ASKING = (
    *("not_found", "customers_or_staff_only", "provider_not_offered", "nothing_due", "hold_expiring"),
    *("payment_processing", "payment_in_review", "currency_not_taken", "amount_not_chargeable", "amount_too_small"),
)
SERVING = ("not_found", "members_only", "own_resources_only")


@operation(
    payments.post,
    "/stripe/create-payment-intent",
    success={201: PaymentView, 202: PaymentView},
    problems=ASKING,
    takes=(IDEMPOTENCY_KEY, PREFER),
)
@for_guests
def create_payment_intent(body: IntentRequest) -> Response:
    """Ask for what is due of a booking, to be paid by Stripe.

    Answers 201 with the intent's `client_secret` and your `publishable_key`, or 202 if Stripe takes longer than ten
    seconds: GET the payment then. There is one open payment of a booking with each provider; a second call returns it.
    """
    return _asked(body.booking_id, Provider.STRIPE, body.return_url)


@operation(
    payments.post,
    "/paystack/initialize",
    success={201: PaymentView, 202: PaymentView},
    problems=ASKING,
    takes=(IDEMPOTENCY_KEY, PREFER),
)
@for_guests
def initialize_transaction(body: TransactionRequest) -> Response:
    """Ask for what is due of a booking, to be paid by Paystack.

    Answers 201 with `authorization_url`, `access_code` and `reference`, or 202 if Paystack takes longer than ten
    seconds: GET the payment then. There is one open payment of a booking with each provider; a second call returns it.
    """
    return _asked(body.booking_id, Provider.PAYSTACK, body.callback_url)


@operation(
    payments.post,
    "/offline",
    success={201: PaymentView},
    problems=(*SERVING, "nothing_due", "payment_in_review", "not_what_is_due"),
    takes=(IDEMPOTENCY_KEY,),
)
def record_offline_payment(body: OfflineRequest) -> Response:
    """Record what is due of a booking as taken by the business itself. For who serves the booking.

    It confirms a booking that awaits its payment. What is open with a provider is cancelled.
    """

    def work(session: Session) -> Answer:
        made = payment_service.take(session, body.booking_id, body.taken(), caller=caller(), now=clock())
        return shown(PaymentView.of(made), status=201, headers=_place(made.id), object_id=made.id)

    return write(work, show=_taken)


def _taken(payment_id: UUID) -> Answer:
    return shown(_view(payment_id), status=201, headers=_place(payment_id))


@operation(payments.get, "", success={200: PaymentList}, problems=("not_found", "invalid_cursor"))
def list_payments(query: PaymentsQuery) -> Response:
    """List payments, the newest first: of bookings that you made or are the customer of, and of your businesses."""
    with reading() as session:
        rows = payment_service.found(
            session, query.sought(), query.made(), caller=caller(), after=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=PaymentView.of, key=lambda row: [str(row.id)])


@operation(payments.get, "/<payment_id>", success={200: PaymentView}, problems=("not_found",))
@for_guests
def get_payment(path: PaymentPath, query: PaymentQuery) -> Response:
    """Show one payment; with `refresh` as its provider tells it now, if that answers within ten seconds.

    A provider is asked about a payment once in five seconds at most, however often that is asked for.
    """
    if query.refresh:
        _refresh(path.payment_id)
    return shown(_view(path.payment_id)).response()


@operation(
    payments.post,
    "/<payment_id>/review",
    success={200: PaymentView},
    problems=(*SERVING, "not_in_review", "not_countable"),
    takes=(IDEMPOTENCY_KEY,),
)
def decide_review(path: PaymentPath, body: ReviewRequest) -> Response:
    """Decide about money that came otherwise than it was asked for: let it count, or give it back."""
    decide = payment_service.accept if body.decision == "accept" else payment_service.give_back
    try:
        return _decided(decide, path.payment_id)
    except NeedsLane:
        return _decided(payment_service.accept_with_lane, path.payment_id)


def _decided(decide: Callable[..., Payment], payment_id: UUID) -> Response:
    def work(session: Session) -> Answer:
        made = decide(session, payment_id, caller=caller(), now=clock())
        return shown(PaymentView.of(made), object_id=made.id)

    return write(work, show=lambda decided_id: shown(_view(decided_id)))


def platform() -> Platform:
    """Return the providers that the installation has keys for."""
    return {Provider(name): each.is_live for name, each in platform_accounts().items()}


def _asked(booking_id: UUID, provider: Provider, return_url: str | None) -> Response:
    def work(session: Session) -> Answer:
        made, _ = payment_service.ask(
            session,
            booking_id,
            provider,
            platform=platform(),
            caller=caller(),
            now=clock(),
            return_url=return_url,
        )
        return shown(PaymentView.of(made), status=202, headers=_place(made.id), object_id=made.id)

    patience = 0 if prefers_not_to_wait() else WAIT
    response = told(performed(work), _payable, is_over=payment_service.is_told, patience=patience)
    if prefers_not_to_wait():
        response.headers.setdefault("Preference-Applied", "respond-async")
    return response


def _payable(payment_id: UUID, /, *, decided: bool) -> Answer:  # noqa: ARG001 - it says itself where it stands
    view = _view(payment_id)
    return shown(view, status=202 if view.state is State.CREATING else 201, headers=_place(payment_id))


def _refresh(payment_id: UUID) -> None:
    def work(session: Session) -> Payment | None:
        return payment_service.look_again(session, payment_id, caller=caller(), now=clock())

    before = retried(work)
    if before is not None:
        waiting().wait(payment_id, WAIT, lambda session, _: payment_service.has_moved(session, before))


def _view(payment_id: UUID) -> PaymentView:
    with reading() as session:
        return PaymentView.of(payment_service.seen(session, payment_id, caller=caller()))


def _place(payment_id: UUID) -> Mapping[str, str]:
    return {"Location": f"/api/payments/{public_id(Kind.PAYMENT, payment_id)}"}
