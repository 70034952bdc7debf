"""The face of payments: asking for money, settling what providers say, and giving it back."""

from domain.payments.service.accounts import (
    GivenKeys,
    Sealing,
    accounts,
    change_keys,
    close_account,
    open_account,
)
from domain.payments.service.advance import Do, Step, failed, next_step
from domain.payments.service.ask import Platform, account_of, ask, taken_by
from domain.payments.service.close import close
from domain.payments.service.due import CLAIMED, claim_due
from domain.payments.service.hear import Said, again, applied, hear, ignored, meant, purged
from domain.payments.service.heard import all_heard, heard, replay
from domain.payments.service.invariants import checked, checks, examined, last_checks, left_to_somebody, note_checks
from domain.payments.service.lists import Wanted, disputes, entries
from domain.payments.service.look import Sought, found, has_moved, is_told, look_again, look_soon, refunds_of, seen
from domain.payments.service.quote import Quote, cancellation_quote
from domain.payments.service.reconcile import (
    Difference,
    compared,
    comparisons_purged,
    differences_of,
    last_run,
    reconciled,
    start_reconciling,
    to_reconcile,
    unlisted,
)
from domain.payments.service.repay import ToRepay, begin_to_send, not_found_out, sent, to_repay
from domain.payments.service.resolve import Outcome, resolve
from domain.payments.service.settle import NeedsLane, settle, settle_with_lane
from domain.payments.service.staff import Taken, accept, accept_with_lane, give_back, refund, take

__all__ = [
    "CLAIMED",
    "Difference",
    "Do",
    "GivenKeys",
    "NeedsLane",
    "Outcome",
    "Platform",
    "Quote",
    "Said",
    "Sealing",
    "Sought",
    "Step",
    "Taken",
    "ToRepay",
    "Wanted",
    "accept",
    "accept_with_lane",
    "account_of",
    "accounts",
    "again",
    "all_heard",
    "applied",
    "ask",
    "begin_to_send",
    "cancellation_quote",
    "change_keys",
    "checked",
    "checks",
    "claim_due",
    "close",
    "close_account",
    "compared",
    "comparisons_purged",
    "differences_of",
    "disputes",
    "entries",
    "examined",
    "failed",
    "found",
    "give_back",
    "has_moved",
    "hear",
    "heard",
    "ignored",
    "is_told",
    "last_checks",
    "last_run",
    "left_to_somebody",
    "look_again",
    "look_soon",
    "meant",
    "next_step",
    "not_found_out",
    "note_checks",
    "open_account",
    "purged",
    "reconciled",
    "refund",
    "refunds_of",
    "replay",
    "resolve",
    "seen",
    "sent",
    "settle",
    "settle_with_lane",
    "start_reconciling",
    "take",
    "taken_by",
    "to_reconcile",
    "to_repay",
    "unlisted",
]
