"""A line to a mail server, on which a letter is said first and its answer heard apart; and what hangs it up."""

import select
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from config.mail import Server
from workers.deadlines import after

TAKEN, CLOSING = 250, 421

CONNECT = 5.0
READ = 40.0
ALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
"""Seconds of silence until a server's machine is asked whether it is there, between such questions, and how many."""


class Said(Exception):
    """A letter was said to its end, and its answer is still to be heard."""


class Plug:
    """What hangs up a line, from whichever thread: a handle of its own, as TLS takes the line's while it shakes hands."""

    def __init__(self) -> None:
        self._handle: socket.socket | None = None

    def put_in(self, made: socket.socket) -> None:
        """Take hold of a line."""
        self._handle = made.dup()

    def pull(self) -> None:
        """Hang up: whoever waits on the line is told that it has ended."""
        handle = self._handle
        if handle is not None:
            with suppress(OSError):  # it has just ended by itself
                handle.shutdown(socket.SHUT_RDWR)

    def pulled_after(self, seconds: float) -> AbstractContextManager[None]:
        """Hang up if the block lasts longer."""
        return after(seconds, self.pull)

    def close(self) -> None:
        """Let go of it."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()


class Line(smtplib.SMTP):
    """A connection to a server, plain or under TLS; *opened* is told of its socket before anything is said there.

    *name* is what we call ourselves; None: what the machine does. To say a letter ends with `Said`.
    """

    def __init__(self, server: Server, name: str | None, opened: Callable[[socket.socket], None]) -> None:
        self._tls = ssl.create_default_context() if server.security == "tls" else None
        self._opened = opened
        self.is_said = False
        super().__init__(server.host, server.port, local_hostname=name, timeout=CONNECT)

    def send(self, s: Any) -> None:  # noqa: ANN401 - as smtplib's
        """Send bytes, and note when that was the end of a letter: from then on it may be taken, whatever is heard."""
        self.is_said = isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Return the answer to what was said last. Errors: Said, where that was the end of a letter."""
        if self.is_said:
            raise Said
        return super().getreply()

    def is_heard(self, seconds: float) -> bool:
        """Wait for the answer to a letter, at most so long; tell whether it begins to come, or the line has ended."""
        assert self.sock is not None  # noqa: S101 - a letter was said on it
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return True
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def answer(self) -> tuple[int, bytes]:
        """Return the answer to a letter, and let the next one begin."""
        code, words = super().getreply()
        if code not in {TAKEN, CLOSING}:
            with suppress(smtplib.SMTPServerDisconnected):  # the next letter finds out
                self.rset()
        return code, words

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), timeout)
        made.settimeout(READ)
        _ask_whether_alive(made)
        self._opened(made)
        return self._tls.wrap_socket(made, server_hostname=host) if self._tls else made


def _ask_whether_alive(made: socket.socket) -> None:
    """Have a machine found out that is gone: one that is there and slow is waited for, for minutes."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in ALIVE.items():
        option = getattr(socket, name, None)  # not every system has them
        if option is not None:
            made.setsockopt(socket.IPPROTO_TCP, option, value)
