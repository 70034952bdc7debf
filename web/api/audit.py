"""The audit log: who changed what, when, and through which session, key or link."""

from flask import Response

from config.transaction import reading
from domain.bookings import service as booking_service
from web.answers import shown
from web.auth import caller
from web.openapi import noun, operation
from web.pagination import after, listed
from web.schemas.audit import AuditEntryList, AuditEntryView, AuditQuery, EntryPath

audit_entries = noun(
    "audit-entries",
    "Who changed what, when, and through which session, key or link. Of a business for its owners and admins, of an "
    "account for its user.",
)


@operation(
    audit_entries.get,
    "",
    success={200: AuditEntryList},
    problems=("not_found", "members_only", "admins_only", "session_required", "invalid_cursor"),
)
def list_audit_entries(query: AuditQuery) -> Response:
    """List what was changed, the newest first: in a business, or without `business_id` of your own account.

    Of what the server did by itself only what ends something is here; what happens to bookings is told whole by their
    history, and what happens at all by the events. Of an account, an API key is not told.
    """
    who, before, limit = caller(), after(query), query.limit + 1
    with reading() as session:
        if query.business_id is None:
            rows = booking_service.audit_of_account(session, query.sought(), caller=who, before=before, limit=limit)
        else:
            rows = booking_service.audit_of_business(
                session, query.business_id, query.sought(), caller=who, before=before, limit=limit
            )
    return listed(query, rows, view=AuditEntryView.of, key=lambda row: [str(row.id)])


@operation(audit_entries.get, "/<audit_entry_id>", success={200: AuditEntryView}, problems=("not_found", "admins_only"))
def get_audit_entry(path: EntryPath) -> Response:
    """Show one change."""
    with reading() as session:
        found = booking_service.audit_entry(session, path.audit_entry_id, caller=caller())
    return shown(AuditEntryView.of(found)).response()
