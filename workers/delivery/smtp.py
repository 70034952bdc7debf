"""Mail over SMTP: one connection for as many letters as there are, and a word for whatever goes wrong."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, create_connection, socket
from threading import Timer
from typing import Any

from config.mail import Server
from domain.notifications.gateway import Away, PostError, Refused, Unsure
from domain.notifications.rules.letters import Letter
from workers.delivery.meanings import lost, said
from workers.delivery.written import mail_of

CONNECT = 5.0
READ = 40.0
DEADLINE = 45.0
"""Seconds for a letter, with all that comes before it: by then even a server that answers drop by drop, to whatever it
was asked, is hung up on. Only what `CONNECT` bounds comes on top, for each address that the server has."""


class Line(smtplib.SMTP):
    """A connection to a server, plain or under TLS; *opened* is told of its socket before anything is said there.

    *name* is what we call ourselves; None: what the machine does.
    """

    def __init__(self, server: Server, name: str | None, opened: Callable[[socket], None]) -> None:
        self._tls = ssl.create_default_context() if server.security == "tls" else None
        self._opened = opened
        self.is_said = False
        super().__init__(server.host, server.port, local_hostname=name, timeout=CONNECT)

    def send(self, s: Any) -> None:  # noqa: ANN401 - as smtplib's
        """Send bytes, and note when that was the end of a letter: from then on it may be taken, whatever is heard."""
        self.is_said = isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")
        super().send(s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        made = create_connection((host, port), timeout)
        made.settimeout(READ)
        self._opened(made)
        return self._tls.wrap_socket(made, server_hostname=host) if self._tls else made


class Smtp:
    """Letters to one server. The line is kept from one letter to the next, and opened anew when it was lost."""

    def __init__(self, server: Server, name: str | None = None) -> None:
        self._server = server
        self._name = name
        self._line: Line | None = None
        self._plug: socket | None = None

    def send(self, letter: Letter) -> None:
        """Hand over a letter. Errors: Refused, Away."""
        mail = mail_of(letter)
        with self._in_time():
            if self._line is None:
                self._line = self._opened()
            try:
                self._line.send_message(mail)
            except smtplib.SMTPRecipientsRefused as error:
                ((code, message),) = error.recipients.values()
                raise said(code, message) from error
            except smtplib.SMTPDataError as error:
                raise said(error.smtp_code, error.smtp_error) from error
            except smtplib.SMTPNotSupportedError as error:
                raise Refused("not_supported", str(error)) from error
            except (smtplib.SMTPException, OSError) as error:
                raise lost(error, Unsure if self._line.is_said else Away) from error

    def close(self) -> None:
        """Hang up."""
        line = self._line
        if line is not None:
            with self._in_time(), suppress(smtplib.SMTPException, OSError):  # it has gone away by itself
                line.quit()
        self._forget()

    def _opened(self) -> Line:
        server = self._server
        try:
            line = self._line = Line(server, self._name, self._plug_in)
            if server.security == "starttls":
                line.starttls(context=ssl.create_default_context())
            if server.user is not None:
                line.login(server.user, server.password or "")
        except (smtplib.SMTPException, OSError) as error:
            raise lost(error, Away, is_a_try=False) from error
        return line

    def _plug_in(self, made: socket) -> None:
        """Keep a second handle of a socket: TLS takes the first one away for as long as it shakes hands."""
        self._plug = made.dup()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        timer = Timer(DEADLINE, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except PostError as error:
            if error.is_of_the_line:
                self._forget()
            raise
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        plug = self._plug
        if plug is not None:
            with suppress(OSError):  # it has just ended by itself
                plug.shutdown(SHUT_RDWR)

    def _forget(self) -> None:
        line, self._line = self._line, None
        plug, self._plug = self._plug, None
        if line is not None:
            line.close()
        if plug is not None:
            plug.close()
