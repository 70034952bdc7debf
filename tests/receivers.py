"""A receiver of webhooks: writes down what it is sent, and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Got:
    """One webhook, as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def event(self) -> dict[str, Any]:
        """Return what the body says."""
        return dict(json.loads(self.body))

    @property
    def name(self) -> str:
        """Return what happened, in the provider's own word."""
        return str(self.event.get("type") or self.event.get("event"))


class Server(ThreadingHTTPServer):
    """Lets a crowd come at once; of whom there is no room for, the system lets wait for a second or more."""

    request_queue_size = 128


class Receiver:
    """An HTTP server for as long as a block lasts. *answers* are given in order, then 200 for ever."""

    def __init__(self, *answers: int) -> None:
        self.answers = [*answers]
        self.got: list[Got] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(Got(self.path, {**self.headers}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def names(self) -> list[str]:
        """Return what happened, in the order of arrival."""
        return [got.name for got in self.got]

    def wait_for(self, count: int) -> list[Got]:
        """Return all that came, once they are *count*."""
        until(lambda: len(self.got) >= count)
        return self.got

    def named(self, name: str) -> Got:
        """Return the first that tells of *name*, once it is here."""
        until(lambda: name in self.names())
        return next(got for got in self.got if got.name == name)


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to come true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
