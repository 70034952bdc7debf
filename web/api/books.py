"""Books: what moved a business's money, and what is disputed."""

from flask import Response

from config.transaction import reading
from domain.payments import service as payment_service
from web.api.reconciliations import ADMINS, payments
from web.auth import caller
from web.openapi import operation
from web.pagination import Listing, after, listed, position
from web.schemas.books import DisputesQuery, DisputeView, LedgerEntryView, LedgerQuery

__all__ = ["payments"]

DisputeList = Listing[DisputeView]
LedgerEntryList = Listing[LedgerEntryView]


@operation(payments.get, "/disputes", success={200: DisputeList}, problems=(*ADMINS, "invalid_cursor"))
def list_disputes(query: DisputesQuery) -> Response:
    """List the disputes about a business's payments, the newest first. For owners and admins.

    They are answered at the provider, before `due_at`; how they end is told from there.
    """
    with reading() as session:
        rows = payment_service.disputes(
            session,
            query.business_id,
            query.wanted(),
            query.made(),
            state=query.state,
            caller=caller(),
            after=after(query),
            limit=query.limit + 1,
        )
    return listed(query, rows, view=DisputeView.of, key=lambda row: [str(row.id)])


@operation(payments.get, "/ledger", success={200: LedgerEntryList}, problems=(*ADMINS, "invalid_cursor"))
def list_ledger_entries(query: LedgerQuery) -> Response:
    """List what moved a business's money, the newest first. For owners and admins.

    What came less what went is what the providers owe it or have paid out: `charge`, `fee` where the provider tells it,
    `refund`, `refund_failed`, `dispute`, `dispute_reinstated`.
    """
    place = position(query)
    with reading() as session:
        rows = payment_service.entries(
            session,
            query.business_id,
            query.wanted(),
            query.made(),
            kind=query.kind,
            caller=caller(),
            after=int(place[0]) if place else None,
            limit=query.limit + 1,
        )
    return listed(query, rows, view=LedgerEntryView.of, key=lambda row: [row.id])
