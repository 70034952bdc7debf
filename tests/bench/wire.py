"""A caller that costs little: prepared requests over kept connections, so that the server is what is measured."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

CHUNK = 65536
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and when it was there (monotonic seconds)."""

    status: int
    body: bytes
    at: float
    took: float

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Read the body."""
        return json.loads(self.body)


class Wire:
    """One connection to a server."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._socket = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> Reply:
        """Send a request, and return the answer."""
        begun = time.monotonic()
        self._socket.sendall(request)
        head, _, body = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += self._received()
        now = time.monotonic()
        return Reply(int(head[9:12]), body, now, now - begun)

    def _until(self, mark: bytes) -> bytes:
        data = self._received()
        while mark not in data:
            data += self._received()
        return data

    def _received(self) -> bytes:
        data = self._socket.recv(CHUNK)
        assert data, "the server hung up"
        return data


def request(method: str, path: str, token: str, body: Mapping[str, Any] | None = None, **headers: str) -> bytes:
    """Return the bytes of a request; of its *headers* the names have underscores for dashes."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def drive(url: str, requests: Sequence[bytes], connections: int) -> Sequence[Reply]:
    """Send *requests* over so many connections, each as soon as the one before it is answered."""
    waiting, guard = iter(requests), threading.Lock()
    replies: list[Reply] = []

    def work() -> None:
        with Wire(url) as wire:
            replies.extend(map(wire.ask, _shared(waiting, guard)))

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == len(requests), f"{len(requests) - len(replies)} requests were not answered"
    return replies


def _shared(waiting: Iterator[bytes], guard: threading.Lock) -> Iterator[bytes]:
    while True:
        with guard:
            found = next(waiting, None)
        if found is None:
            return
        yield found
