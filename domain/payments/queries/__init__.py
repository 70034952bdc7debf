"""The database's part in payments."""

from domain.payments.queries.accounts import (
    SEALED,
    account,
    account_by_token,
    own_account,
    own_account_for_update,
    own_accounts,
    platform_account,
)
from domain.payments.queries.books import Books, books, books_for_update, money_for_update
from domain.payments.queries.checks import keep_checks, last_checks, left_to_somebody
from domain.payments.queries.due import hurry_open_for_update, payments_due_for_update, refunds_due_for_update
from domain.payments.queries.events import (
    Heard,
    event_by_id,
    event_for_update,
    events,
    events_about_for_update,
    forget_bodies,
    keep_event,
    present,
    waiting_events,
)
from domain.payments.queries.ledger import enter
from domain.payments.queries.lists import disputes, entries
from domain.payments.queries.look import (
    payment,
    payment_by_ref,
    payment_for_update,
    payments,
    refund,
    refund_for_update,
    refunds_of,
)
from domain.payments.queries.reconciling import (
    accounts_used,
    add_reconciliation,
    forget_reconciliations,
    last_reconciliation,
    payments_meant,
    payments_sent,
    reconciliation,
)

__all__ = [
    "SEALED",
    "Books",
    "Heard",
    "account",
    "account_by_token",
    "accounts_used",
    "add_reconciliation",
    "books",
    "books_for_update",
    "disputes",
    "enter",
    "entries",
    "event_by_id",
    "event_for_update",
    "events",
    "events_about_for_update",
    "forget_bodies",
    "forget_reconciliations",
    "hurry_open_for_update",
    "keep_checks",
    "keep_event",
    "last_checks",
    "last_reconciliation",
    "left_to_somebody",
    "money_for_update",
    "own_account",
    "own_account_for_update",
    "own_accounts",
    "payment",
    "payment_by_ref",
    "payment_for_update",
    "payments",
    "payments_due_for_update",
    "payments_meant",
    "payments_sent",
    "platform_account",
    "present",
    "reconciliation",
    "refund",
    "refund_for_update",
    "refunds_due_for_update",
    "refunds_of",
    "waiting_events",
]
