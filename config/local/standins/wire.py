"""The wire: records each call to the providers, and does to it whatever was ordered."""

import logging
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn

from werkzeug.serving import WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from config.local.standins.calls import Call
from config.local.standins.failures import Failure, edge_answer
from config.local.standins.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger("standins")
PROVIDERS = ("stripe", "paystack")
PAGES = ("/pay/", "/checkout/")  # what customers look at is no call
CALL, FAILURE = "standins.call", "standins.failure"
AT_ONCE = struct.pack("ii", 1, 0)  # linger, for no time: close with a reset
PIECES = 10
SPOILT = ("truncate", "slow")  # answers to calls that were applied


class Wire:
    """A WSGI application around the true one."""

    def __init__(self, app: "WSGIApplication", world: World) -> None:
        self.app = app
        self.world = world

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer, or fail as ordered."""
        provider, path = _split(environ["PATH_INFO"])
        if provider not in PROVIDERS or path.startswith(PAGES):
            return self.app(environ, start)
        method = environ["REQUEST_METHOD"]
        call = self.world.calls.begin(provider, method, path, environ.get("HTTP_IDEMPOTENCY_KEY"))
        failure = self.world.failures.take(provider, method, path)
        environ |= {CALL: call, FAILURE: failure}
        if failure is None:
            return self._answer(environ, start, call)
        call.failure = failure.kind if failure.kind in SPOILT else f"{failure.kind} {failure.when}"
        return self._fail(failure, environ, start, call)

    def _fail(
        self, failure: Failure, environ: "WSGIEnvironment", start: "StartResponse", call: Call
    ) -> Iterable[bytes]:
        if failure.kind == "hang":  # within the call, where a key counts as in use
            return self._answer(environ, start, call)
        if failure.kind in SPOILT:
            return self._spoil(failure, environ, start, call)
        if failure.when == "after":
            self._collected(environ)
        if failure.kind == "reset":
            _reset(environ["werkzeug.socket"])
        status, body, kind = edge_answer(call.provider, failure)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        if failure.retry_after is not None:
            headers.append(("Retry-After", str(failure.retry_after)))
        call.status = status
        start(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]

    def _answer(self, environ: "WSGIEnvironment", start: "StartResponse", call: Call) -> Iterable[bytes]:
        chunks, status, headers = self._collected(environ)
        call.status = int(status.partition(" ")[0])
        start(status, headers)
        return chunks

    def _spoil(
        self, failure: Failure, environ: "WSGIEnvironment", start: "StartResponse", call: Call
    ) -> Iterable[bytes]:
        chunks, status, headers = self._collected(environ)
        body = b"".join(chunks)
        start(status, headers)
        if failure.kind == "truncate":
            return [body[: len(body) // 2]]
        call.status = int(status.partition(" ")[0])
        return self._slowly(body, failure.seconds)

    def _slowly(self, body: bytes, seconds: float) -> Iterator[bytes]:
        size = max(1, -(-len(body) // PIECES))
        for at in range(0, len(body), size):
            self.world.pause(seconds / PIECES)
            yield body[at : at + size]

    def _collected(self, environ: "WSGIEnvironment") -> tuple[list[bytes], str, list[tuple[str, str]]]:
        chunks, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        return list(chunks), status, list(headers)


class Handler(WSGIRequestHandler):
    """Says one line for each request, and lets go of a connection that was reset."""

    def log_request(self, code: int | str = "-", _size: int | str = "-") -> None:
        """Log method, path and status; never a header or a body."""
        LOG.info("%s %s %s", self.command, self.path.partition("?")[0], code)

    def connection_dropped(self, _error: BaseException, _environ: "WSGIEnvironment | None" = None) -> None:
        """Expect nothing more from this client."""
        self.close_connection = True


def _split(path: str) -> tuple[str, str]:
    provider, _, rest = path.removeprefix("/").partition("/")
    return provider, f"/{rest}"


def _reset(connection: socket.socket) -> NoReturn:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    os.close(connection.detach())
    raise ConnectionResetError
