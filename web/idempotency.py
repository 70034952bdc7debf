"""Idempotency: a write's effect, its claimed Idempotency-Key and its stored answer, in one transaction.

An answer that tells a secret, such as a new API key, is stored encrypted: the database alone gives nothing away, and
after a day it is gone.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from flask import Response, request

from config.clock import clock
from config.limiter import Quota
from config.sealing import Unreadable, seal, unseal
from config.transaction import Session, retried
from domain.kernel import idempotency
from domain.kernel.idempotency import Stored, Use
from web.answers import Answer
from web.auth import caller
from web.limits import take
from web.problems import Refusal

KEY = re.compile(r"[!-~]{1,255}")
STORED = range(200, 300)


class Done(NamedTuple):
    """What a write came to, and whether that was earlier, under the same key."""

    answer: Answer
    replayed: bool


def performed(work: Callable[[Session], Answer], *, within: Quota | None = None) -> Done:
    """Run *work* in a transaction, once for each Idempotency-Key; committed when this returns.

    *work* may be run again when the database asks for it, so it must have no effect outside. Only success is stored.
    *within* is how often an account may have it done; to be told again what was done counts as nothing.
    Errors: IdempotencyInFlight, IdempotencyKeyReused, RateLimited, and whatever *work* raises.
    """
    use = _use()

    @cache
    def count() -> None:
        if within:
            take(within, caller().account_id)

    def attempt(session: Session) -> Done:
        if use:
            before = idempotency.claim(session, use, now=clock())
            if before:
                return Done(_again(before, use), replayed=True)
        count()
        answer = work(session)
        if use and answer.status in STORED:
            idempotency.store(session, use, _kept(answer, use), now=clock())
        return Done(answer, replayed=False)

    return retried(attempt)


def write(
    work: Callable[[Session], Answer], *, show: Callable[[UUID], Answer] | None = None, within: Quota | None = None
) -> Response:
    """Perform *work* and answer; a replay is the stored answer, or what *show* says of its object now."""
    answer, replayed = performed(work, within=within)
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


def _kept(answer: Answer, use: Use) -> Stored:
    body = None if answer.object_id or answer.body is None else dict(answer.body)
    sealed = None
    if answer.tells_secrets:
        body, sealed = None, seal(json.dumps(body), _owner(use))
    return Stored(
        status=answer.status, body=body, headers=dict(answer.headers), object_id=answer.object_id, sealed=sealed
    )


def _again(stored: Stored, use: Use) -> Answer:
    body = stored.body if stored.sealed is None else _unsealed(stored.sealed, use)
    return Answer(status=stored.status, body=body, headers=stored.headers, object_id=stored.object_id)


def _unsealed(sealed: bytes, use: Use) -> Mapping[str, Any]:
    try:
        body: Mapping[str, Any] = json.loads(unseal(sealed, _owner(use)))
    except Unreadable:
        raise Refusal("idempotency_key_reused", "That answer cannot be read any more; use a new key.") from None
    return body


def _owner(use: Use) -> bytes:
    return use.principal.bytes + use.key.encode()
