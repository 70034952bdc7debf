"""Every operation whose work a worker does holds its answer for whoever prefers to wait, or says here why not."""

import json
import time

import pytest

from tests.walks.walker import doer, operations, takes_a_body

MAILED = "a mail is on its way: whether there is one tells who has registered"
NOT_WAITED_FOR = {
    "POST /api/auth/password/forgot": MAILED,
    "POST /api/auth/email/verification": MAILED,
    "PUT /api/bookings/{booking_id}/reminders": "somebody reads a mail and follows its link, or never does",
    "POST /api/webhook-endpoints/{endpoint_id}/replay": "it may be ten thousand events, each with a schedule of its own",
}
MADE_AT_ONCE = {"POST /api/payments/{payment_id}/refunds"}
"""These answer 201 whatever a worker does with what was made, and of money that the business took it is none's to do."""
PREFER = {"$ref": "#/components/parameters/Prefer"}
HELD = sorted(name for name, each in operations().items() if PREFER in each["parameters"])


def test_whatever_is_only_accepted_can_be_waited_for_or_says_why_not() -> None:
    accepting = {name for name, each in operations().items() if "202" in each["responses"]}
    assert accepting & NOT_WAITED_FOR.keys() == NOT_WAITED_FOR.keys()
    assert {*HELD} == accepting - NOT_WAITED_FOR.keys() | MADE_AT_ONCE


@pytest.mark.parametrize("name", HELD)
def test_who_prefers_to_wait_is_held_and_told_so_and_by_then_what_was_accepted(name: str) -> None:
    walk = doer()
    raw = json.dumps(walk.body(name)).encode() if takes_a_body(name) else None
    sent = {**walk.owner, "Prefer": "wait=1", "Idempotency-Key": f"waits:{name}".replace(" ", "_")}
    begun = time.monotonic()
    answer = walk.ask(name, sent, raw=raw)
    assert answer.status_code == (201 if name in MADE_AT_ONCE else 202), answer.get_json()
    assert time.monotonic() - begun >= 1 or name in MADE_AT_ONCE  # nobody is at work here
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert operations()[name]["responses"][str(answer.status_code)]["headers"].keys() >= {"Preference-Applied"}
    if answer.status_code == 202:
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Location"].startswith("/api/")

    again = walk.ask(name, {**sent, "Prefer": "respond-async"}, raw=raw)
    assert (again.status_code, again.get_json()) == (answer.status_code, answer.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
