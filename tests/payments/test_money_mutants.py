"""The control: each mistake in the code of money is noticed by one of its tests."""

import os
import subprocess
import sys

import pytest

from tests.oracle.mutants import Mutant
from tests.payments.broken import BROKEN

SERVICE = "domain.payments.service"
PAYING, HEARD = "tests/payments/test_paying.py", "tests/payments/test_heard.py"
RACED, REFUSED = "tests/payments/test_money_raced.py", "tests/payments/test_refunds_refused.py"

MUTANTS = [
    (
        Mutant("a webhook that came before is taken for new", "domain.payments.service.hear", "if is_new:", "if True:"),
        "tests/payments/test_webhook_copies.py",
    ),
    (
        Mutant(
            "copies of a webhook are told apart",
            "web.pages.webhooks",
            'return Said(_text(event.get("id")) or _digest(raw)',
            "return Said(str(clock())",
        ),
        "tests/payments/test_webhook_copies.py",
    ),
    (
        Mutant(
            "any amount will do",
            f"{SERVICE}.settle",
            "name for name, is_wrong in found.items() if is_wrong",
            "name for name, is_wrong in found.items() if is_wrong and name not in ('amount', 'received')",
        ),
        f"{PAYING}::test_a_wrong_amount_is_for_a_person_to_decide",
    ),
    (
        Mutant("any signature will do", "web.pages.webhooks", "if not listener.is_signed(raw, secrets):", "if False:"),
        f"{HEARD}::test_a_webhook_that_is_not_signed_is_refused_and_not_kept",
    ),
    (
        Mutant(
            "each try to refund has a key of its own",
            f"{SERVICE}.repay",
            'key=f"{refund.id}.{refund.key_no}"',
            'key=f"{refund.id}.{refund.looks}"',
        ),
        f"{REFUSED}::test_a_refund_is_sent_twice_under_one_key",
    ),
    (
        Mutant(
            "a refund is not looked for before it is sent again",
            "workers.payments",
            "if asked.is_looked_for:",
            "if False:",
        ),
        f"{REFUSED}::test_a_refund_whose_answer_was_lost_is_looked_for_first",
    ),
    (
        Mutant(
            "late money never takes a place again",
            f"{SERVICE}.conclude",
            "elif booking.status == Status.EXPIRED and is_new_money:",
            "elif False:",
        ),
        f"{PAYING}::test_money_for_an_expired_booking_takes_its_place_again_if_that_is_free",
    ),
    (
        Mutant(
            "what was paid by a second provider is kept",
            "domain.payments.rules.balance",
            "wanted[pot] = wanted.get(pot, 0) - kept",
            "wanted[pot] = wanted.get(pot, 0)",
        ),
        f"{PAYING}::test_the_second_of_two_who_were_paid_is_given_back",
    ),
    (
        Mutant(
            "it is not written that a refund is being sent",
            f"{SERVICE}.repay",
            "refund.first_sent_at = refund.first_sent_at or now",
            "refund.first_sent_at = None",
        ),
        "tests/payments/test_killed_workers.py::test_a_part_that_was_to_go_back_is_sent_once_or_left_to_a_person",
    ),
    (
        Mutant(
            "it is not written that a payment is being made",
            f"{SERVICE}.advance",
            "payment.first_sent_at = payment.first_sent_at or now",
            "payment.first_sent_at = None",
        ),
        f"{RACED}::test_it_is_written_when_a_payment_was_first_sent",
    ),
    (
        Mutant(
            "what is nobody's is handed out", f"{SERVICE}.settle", "if payment.provider_ref != seen.ref:", "if False:"
        ),
        f"{RACED}::test_what_is_handed_out_is_what_is_looked_at_though_two_have_made_it",
    ),
    (
        Mutant(
            "what went back counts",
            "domain.payments.queries.books",
            "if RefundReason(each.reason) in UNDONE",
            "if False",
        ),
        f"{RACED}::test_late_money_that_went_back_pays_for_nothing_when_the_place_is_taken_again",
    ),
]


@pytest.mark.long
@pytest.mark.parametrize(("mutant", "test"), MUTANTS, ids=[mutant.wrong for mutant, _ in MUTANTS])
def test_it_is_noticed_when(mutant: Mutant, test: str) -> None:
    """Run the test in a process of its own, whose `broken` breaks the code: it must fail, and not for want of a test."""
    asked = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.payments.broken", test]
    ran = subprocess.run(
        asked, check=False, env=os.environ | {BROKEN: repr(tuple(mutant))}, capture_output=True, text=True
    )
    assert ran.returncode == 1, ran.stdout[-2000:]
    assert "does not read as it did" not in ran.stdout
    assert " failed" in ran.stdout.splitlines()[-1] or " failed" in ran.stdout
