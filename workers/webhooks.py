"""The tasks of the webhooks room: sending what is due, and what is asked for again. No transaction is open while a receiver is called."""

import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from uuid import uuid4

from standardwebhooks import Webhook

from config.clock import clock
from config.logging import log
from config.publisher import ask_for
from config.sealing import Unreadable, unseal
from config.settings import settings
from config.transaction import DatabaseAway, patiently, reading, retried
from domain.kernel.ids import Kind, shown
from domain.webhooks import service as webhooks
from domain.webhooks.gateway import Call, Carrier, Claimed, Heard, Outcome, Unheard
from domain.webhooks.rules.states import Failure
from domain.webhooks.rules.urls import Reach
from workers.calls import Calls
from workers.delivery.http import SECONDS, Post
from workers.leased import leased

AT_ONCE = 32
"""Calls of a process at a time; each needs a connection to the database for a moment when it has ended."""
CLAIMING = 8.0
"""Seconds for which a drain begins calls. Then it asks for the next one, and waits for none of its own."""
LOOK_AGAIN = 0.25
TURN = threading.Lock()
STOPPING = threading.Event()
"""Set when the worker is told to stop: what is under way ends within 15 seconds, or leaves its lease to lapse."""


def drain() -> None:
    """Send what is due, until there is no more of it or the turn is over; then the next drain goes on.

    One at a time in a process: its calls are enough for it, and the other threads of a worker are for other tasks.
    """
    if not TURN.acquire(blocking=False):
        return
    try:
        is_over = send(carrier(), calls(), seconds=CLAIMING)
    finally:
        TURN.release()
    if not is_over and not STOPPING.is_set():
        ask_for("webhooks.drain")


def stop() -> None:
    """Begin no more calls in this process. Called in a signal's handler."""
    STOPPING.set()


def replay(job_id: int) -> None:
    """Have sent again what was asked for, a page in a transaction. Whoever dies leaves the rest to the next."""
    with leased(job_id) as job:
        if job is None:
            return
        while retried(lambda session: webhooks.replay_page(session, job.ref_id, now=clock())):
            continue
    nudge()


def bury(job_id: int) -> None:
    """Let what waits for an endpoint that is sent nothing be dead, a batch in a transaction."""
    with leased(job_id) as job:
        if job is None:
            return
        while retried(lambda session: webhooks.bury_batch(session, job.ref_id, now=clock())):
            continue


def nudge() -> None:
    """Ask for a drain if there is anything to be sent."""
    with reading() as session:
        is_any_due = webhooks.is_any_due(session, now=clock())
    if is_any_due:
        ask_for("webhooks.drain")


def carrier() -> Carrier:
    """Return the way out, within the installation's reach."""
    given = settings()
    return Post(reach=Reach(plain=not given.is_production, allowed=given.webhook_networks_allowed))


@cache
def calls() -> Calls:
    """Return the calls of this process. Not made before it forks, which would leave the threads behind."""
    return Calls(AT_ONCE)


def send(carry: Carrier, calls: Calls, *, seconds: float) -> bool:
    """Take back what lapsed; claim as many as there is room for, again and again, and have them called; wait for no call.

    Returns True once nothing is due and nothing under way; False when *seconds* are over before, or the worker stops.
    """
    retried(lambda session: webhooks.take_back(session, now=clock()))
    lease, until = uuid4().hex, time.monotonic() + seconds
    while time.monotonic() < until and not STOPPING.is_set():
        is_idle, free = calls.are_over(), calls.free()
        claimed = _claimed(lease, free) if free else ()
        if is_idle and not claimed:  # one that ended since may have held the lock of an endpoint that was left out
            return True
        for each in claimed:
            calls.begin(deliver, each, carry)
        # A call that ends makes room; and what has become due meanwhile does not wait for the slowest.
        calls.wait_for_one(0 if claimed else LOOK_AGAIN)
    return False


def deliver(claimed: Claimed, carry: Carrier) -> None:
    """Try one delivery, and write down what came of it: over and over while the database is away, as the lease lasts."""
    outcome = _tried(claimed, carry)
    if outcome is None:
        return
    _note(claimed, outcome)
    until = time.monotonic() + (claimed.lease_until - clock()).total_seconds()
    try:
        is_kept = patiently(lambda session: webhooks.record(session, claimed, outcome, now=clock()), until=until)
    except DatabaseAway as error:  # its lease lapses, and it is sent again under the same id
        log.warning("webhook_unrecorded", delivery=shown(Kind.WEBHOOK_DELIVERY, claimed.delivery_id), error=str(error))
        return
    if not is_kept:
        log.warning("webhook_lease_lapsed", delivery=shown(Kind.WEBHOOK_DELIVERY, claimed.delivery_id))


def _note(claimed: Claimed, outcome: Outcome) -> None:
    heard = {"status": outcome.status} if isinstance(outcome, Heard) else {"failure": outcome.failure.value}
    log.info(
        "webhook_tried",
        request_id=json.loads(claimed.body)["data"].get("request_id"),
        delivery=shown(Kind.WEBHOOK_DELIVERY, claimed.delivery_id),
        event_id=shown(Kind.EVENT, claimed.event_id),
        attempt=claimed.attempt,
        ms=outcome.milliseconds,
        **heard,
    )


def signed(claimed: Claimed) -> Call:
    """Return the request, signed by every secret that is good now and can be read. Errors: Unreadable, if the newest cannot."""
    event_id, now = shown(Kind.EVENT, claimed.event_id), clock()
    secrets = _readable(claimed)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "AionBooking",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(each).sign(event_id, now, claimed.body) for each in secrets),
    }
    return Call(url=claimed.url, headers=headers, body=claimed.body.encode())


def _readable(claimed: Claimed) -> Sequence[str]:
    """Return the newest secret, and the one before it unless that cannot be read: which is why somebody rotates it."""
    newest, *before = claimed.secrets
    secrets = [unseal(newest, claimed.endpoint_id.bytes)]
    for each in before:
        with suppress(Unreadable):
            secrets.append(unseal(each, claimed.endpoint_id.bytes))
    return secrets


def _claimed(lease: str, limit: int) -> tuple[Claimed, ...]:
    return tuple(retried(lambda session: webhooks.claim(session, lease, limit=limit, now=clock())))


def _tried(claimed: Claimed, carry: Carrier) -> Outcome | None:
    if clock() > claimed.lease_until - timedelta(seconds=SECONDS):  # it would be somebody else's before it ends
        return None
    try:
        call = signed(claimed)
    except Unreadable:
        return Unheard(failure=Failure.SECRET, detail="its secret was sealed under another SECRET_KEY", milliseconds=0)
    return carry(call)
