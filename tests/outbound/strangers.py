"""Strangers: receivers of webhooks that do as they like, on raw sockets, each with a conduct of its own."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Conduct = Callable[[socket.socket, "Stranger"], None]
"""What is done with a connection on which a request has come."""


class Stranger:
    """A server for as long as a block lasts, which reads each request and then behaves as *conducts* say, the last for ever."""

    def __init__(self, *conducts: Conduct, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.left = threading.Event()
        self._conducts = list(conducts)
        self._context = context
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.port = self._server.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://localhost:{self.port}/hook"

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self.left.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join()

    def _begin(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.left.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._begin(lambda taken=connection: self._serve(taken))

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):  # the other side may hang up whenever it likes
            plain.settimeout(10)
            connection = self._context.wrap_socket(plain, server_side=True) if self._context else plain
            with connection, suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        request = _read(connection)
        with self._guard:
            self.requests.append(request)
            conduct = self._conducts.pop(0) if len(self._conducts) > 1 else self._conducts[0]
        conduct(connection, self)


def _read(connection: socket.socket) -> bytes:
    """Return a whole request, head and body."""
    read = b""
    while b"\r\n\r\n" not in read:
        piece = connection.recv(65536)
        if not piece:
            return read
        read += piece
    head, _, body = read.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(status: int, body: bytes = b"", **headers: str) -> Conduct:
    """Answer properly."""
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
    head = f"HTTP/1.1 {status} So\r\nContent-Length: {len(body)}\r\n{''.join(lines)}\r\n"

    def conduct(connection: socket.socket, _: Stranger) -> None:
        connection.sendall(head.encode() + body)

    return conduct


def once(answering: threading.Event) -> Conduct:
    """Answer as soon as that is set, and leave as soon as the block is over."""

    def conduct(connection: socket.socket, stranger: Stranger) -> None:
        while not answering.wait(0.02) and not stranger.left.is_set():
            continue
        says(200)(connection, stranger)

    return conduct


def is_silent(_: socket.socket, stranger: Stranger) -> None:
    """Say nothing, for as long as the block lasts."""
    stranger.left.wait(30)


def drips(head: bytes) -> Conduct:
    """Say *head*, and then a letter every tenth of a second, without an end."""

    def conduct(connection: socket.socket, stranger: Stranger) -> None:
        connection.sendall(head)
        while not stranger.left.wait(0.1):
            connection.sendall(b"x")

    return conduct


def resets(connection: socket.socket, _: Stranger) -> None:
    """Break the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def hangs_up(_: socket.socket, __: Stranger) -> None:
    """Close without a word."""


def talks_nonsense(connection: socket.socket, _: Stranger) -> None:
    """Answer in another protocol."""
    connection.sendall(b"220 mail.example.com ESMTP\r\n")


def floods(connection: socket.socket, stranger: Stranger) -> None:
    """Answer 200 with a body that has no end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not stranger.left.is_set():
        connection.sendall(b"y" * 65536)


def floods_with_headers(connection: socket.socket, stranger: Stranger) -> None:
    """Answer 200 with headers that have no end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not stranger.left.is_set():
        connection.sendall(b"X-More: " + b"z" * 1000 + b"\r\n")


def waits(seconds: float, then: Conduct) -> Conduct:
    """Take a while first."""

    def conduct(connection: socket.socket, stranger: Stranger) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not stranger.left.wait(0.02):
            continue
        then(connection, stranger)

    return conduct
