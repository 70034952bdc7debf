"""The system: what operators of the installation look at."""

from uuid import UUID

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, transaction
from domain.bookings import service as booking_service
from domain.kernel.ids import Kind
from domain.kernel.ids import shown as public_id
from domain.payments import service as payments
from domain.payments.queries import Heard
from web.answers import Answer, shown
from web.auth import caller
from web.deciding import standing, told
from web.describing import IDEMPOTENCY_KEY, PREFER
from web.idempotency import performed
from web.openapi import noun, operation
from web.pagination import Listing, after, listed
from web.schemas.audit import AuditEntryList, AuditEntryView, EntriesQuery
from web.schemas.provider_events import (
    ProviderEventBodyView,
    ProviderEventPath,
    ProviderEventsQuery,
    ProviderEventView,
)
from web.schemas.system import InvariantsView

system = noun("system", "What operators of the installation look at.")

ProviderEventList = Listing[ProviderEventView]


@operation(system.get, "/invariants", success={200: InvariantsView}, problems=("operators_only",))
def check_invariants() -> Response:
    """Check on the live data that what must hold does.

    For operators. It locks nothing, but reads every booking: ask now and then, not all the time.
    """
    with transaction() as session:
        examination = payments.examined(session, caller=caller())
    return shown(InvariantsView.of(examination, now=clock())).response()


@operation(
    system.get,
    "/provider-events",
    success={200: ProviderEventList},
    problems=("operators_only", "invalid_cursor"),
)
def list_provider_events(query: ProviderEventsQuery) -> Response:
    """List what the webhooks of Stripe and Paystack said, the newest first. For operators."""
    with reading() as session:
        rows = payments.all_heard(
            session,
            query.made(),
            state=query.state,
            kind=query.kind,
            caller=caller(),
            after=after(query),
            limit=query.limit + 1,
        )
    return listed(query, rows, view=ProviderEventView.of, key=lambda row: [str(row.event.id)])


@operation(
    system.get,
    "/provider-events/<provider_event_id>",
    success={200: ProviderEventBodyView},
    problems=("operators_only",),
)
def get_provider_event(path: ProviderEventPath) -> Response:
    """Show what one webhook said, word for word. For operators.

    It was signed, and is believed beyond that in nothing: what it is about is looked up at the provider.
    """
    with reading() as session:
        found = payments.heard(session, path.provider_event_id, caller=caller())
    return shown(ProviderEventBodyView.of(found)).response()


@operation(
    system.post,
    "/provider-events/<provider_event_id>/replay",
    success={200: ProviderEventView, 202: ProviderEventView},
    problems=("operators_only",),
    takes=(IDEMPOTENCY_KEY, PREFER),
)
def replay_provider_event(path: ProviderEventPath) -> Response:
    """Have what one webhook said looked into once more, whatever became of it. For operators.

    It is `new` again until a worker has looked up at the provider what it is about. That is safe to repeat.
    With `Prefer: wait=10` the answer is what became of it: 200; 202 when that takes longer.
    """

    def work(session: Session) -> Answer:
        found = payments.replay(session, path.provider_event_id, caller=caller(), now=clock())
        return _told(found, is_over=False)

    return told(performed(work), _replayed, is_over=payments.is_looked_into)


@operation(
    system.get,
    "/audit-entries",
    success={200: AuditEntryList},
    problems=("operators_only", "not_found", "invalid_cursor"),
)
def list_operators_audit_entries(query: EntriesQuery) -> Response:
    """List what operators have done, on the server or here, the newest first. For operators."""
    with reading() as session:
        rows = booking_service.audit_of_installation(
            session, query.sought(), caller=caller(), before=after(query), limit=query.limit + 1
        )
    return listed(query, rows, view=AuditEntryView.of, key=lambda row: [str(row.id)])


def _told(found: Heard, *, is_over: bool) -> Answer:
    place = f"/api/system/provider-events/{public_id(Kind.PROVIDER_EVENT, found.event.id)}"
    return standing(ProviderEventView.of(found), place, found.event.id, is_over=is_over)


def _replayed(event_id: UUID, *, decided: bool) -> Answer:
    with reading() as session:
        found = payments.heard(session, event_id, caller=caller())
    return _told(found, is_over=decided and payments.was_looked_into(found.event))
