"""Idempotency: a write's effect, its claimed Idempotency-Key and its stored answer, in one transaction."""

import re
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from flask import Response, request

from config.clock import clock
from config.transaction import Session, retried
from domain.kernel import idempotency
from domain.kernel.idempotency import Stored, Use
from web.answers import Answer
from web.auth import caller
from web.problems import Refusal

KEY = re.compile(r"[!-~]{1,255}")
STORED = range(200, 300)


class Done(NamedTuple):
    """What a write came to, and whether that was earlier, under the same key."""

    answer: Answer
    replayed: bool


def performed(work: Callable[[Session], Answer]) -> Done:
    """Run *work* in a transaction, once for each Idempotency-Key; committed when this returns.

    *work* may be run again when the database asks for it, so it must have no effect outside. Only success is stored.
    Errors: IdempotencyInFlight, IdempotencyKeyReused, and whatever *work* raises.
    """
    use = _use()

    def attempt(session: Session) -> Done:
        before = idempotency.claim(session, use, now=clock()) if use else None
        if before:
            return Done(_again(before), replayed=True)
        answer = work(session)
        if use and answer.status in STORED:
            idempotency.store(session, use, _kept(answer), now=clock())
        return Done(answer, replayed=False)

    return retried(attempt)


def write(work: Callable[[Session], Answer], *, show: Callable[[UUID], Answer] | None = None) -> Response:
    """Perform *work* and answer; a replay is the stored answer, or what *show* says of its object now."""
    answer, replayed = performed(work)
    if not replayed:
        return answer.response()
    if show and answer.object_id:
        answer = show(answer.object_id)
    return answer.response(Idempotency_Replayed="true")


def _use() -> Use | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise Refusal("invalid_idempotency_key")
    return Use(principal=caller().bucket_id, key=key, method=request.method, path=request.path, body=request.get_data())


def _kept(answer: Answer) -> Stored:
    body = None if answer.object_id or answer.body is None else dict(answer.body)
    return Stored(status=answer.status, body=body, headers=dict(answer.headers), object_id=answer.object_id)


def _again(stored: Stored) -> Answer:
    return Answer(status=stored.status, body=stored.body, headers=stored.headers, object_id=stored.object_id)
