"""Refunds: money given back of a payment, and what a person decides about one that needs it."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import Session, reading
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.payments import service as payment_service
from domain.payments.tables import Refund
from web.answers import Answer, shown
from web.api.payments import SERVING, payments
from web.auth import caller
from web.deciding import told
from web.describing import IDEMPOTENCY_KEY, PREFER
from web.idempotency import performed, write
from web.openapi import operation
from web.pagination import DatedQuery, after, listed
from web.schemas.payments import PaymentPath
from web.schemas.refunds import RefundList, RefundPath, RefundRequest, RefundView, ResolutionRequest

__all__ = ["payments"]


@operation(
    payments.post,
    "/<payment_id>/refunds",
    success={201: RefundView},
    problems=(*SERVING, "not_refundable", "refund_too_large", "amount_not_chargeable", "currency_not_taken"),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def refund_payment(path: PaymentPath, body: RefundRequest) -> Response:
    """Give money back: `amount`, or all that is left. For who serves the booking.

    It is promised at once and sent by a worker: `pending`, then `sent`, `succeeded` or `failed`. Of an offline payment it
    is recorded as handed back. With `Prefer: wait=10` the answer is held until the refund has `succeeded` or `failed`, or needs
    a person (`attention`): a bank that takes days is not waited for longer than that.
    """

    def work(session: Session) -> Answer:
        made = payment_service.refund(
            session, path.payment_id, body.amount, caller=caller(), now=clock(), note=body.note
        )
        return _told(made)

    return told(performed(work), _promised, is_over=payment_service.is_settled)


def _promised(refund_id: UUID, *, decided: bool) -> Answer:  # noqa: ARG001 - there is a refund, whatever becomes of it
    with reading() as session:
        return _told(payment_service.refund_of(session, refund_id, caller=caller()))


def _told(refund: Refund) -> Answer:
    place = f"/api/payments/{public_id(Kind.PAYMENT, refund.payment_id)}/refunds"
    return shown(RefundView.of(refund), status=201, headers={"Location": place}, object_id=refund.id)


@operation(payments.get, "/<payment_id>/refunds", success={200: RefundList}, problems=("not_found", "invalid_cursor"))
def list_refunds(path: PaymentPath, query: DatedQuery) -> Response:
    """List the refunds of a payment, the first first."""
    with reading() as session:
        rows = payment_service.refunds_of(
            session, path.payment_id, query.made(), caller=caller(), after=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=RefundView.of, key=lambda row: [str(row.id)])


@operation(
    payments.post,
    "/<payment_id>/refunds/<refund_id>/resolve",
    success={200: RefundView},
    problems=(*SERVING, "not_in_attention", "refund_underway", "not_sendable"),
    takes=(IDEMPOTENCY_KEY,),
)
def resolve_refund(path: RefundPath, body: ResolutionRequest) -> Response:
    """Settle a refund that needs a person (`attention`): have it sent once more, handed back, or dropped.

    Look at the provider before: `send` is for what is not there, `handed_back` for what you gave back otherwise, and
    `drop` for what the business keeps. For who serves the booking.
    """

    def work(session: Session) -> Answer:
        settled = payment_service.resolve(
            session, path.payment_id, path.refund_id, body.outcome, caller=caller(), now=clock(), note=body.note
        )
        return shown(RefundView.of(settled))

    return write(work)
