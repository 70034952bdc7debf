"""Mail over SMTP: one connection for as many letters as there are, and a word for whatever goes wrong.

Of what a server says of a recipient or of what was written, 5xx is for good and 4xx for now, and so is 5.7.x. A server that does not let us
in, or takes nothing from our address, has said nothing of the letter: that is for now, too, and for all that is due.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer

from config.mail import Server
from domain.notifications.gateway import Away, PostError, Refused
from domain.notifications.rules.letters import Letter, composed

CONNECT = 5.0
READ = 15.0
DEADLINE = 20.0
"""Seconds for a letter, with the connecting before it; by then even a server that answers drop by drop is hung up on."""

PERMANENT = 500
NOT_LET_IN = 530
OF_US = "5.7."
"""So begins what is about who may send and how (RFC 3463), and not about the letter: somebody will put that right."""


class Smtp:
    """Letters to one server. The line is kept from one letter to the next, and opened anew when it was lost."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._line: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hand over a letter. Errors: Refused, Away."""
        try:
            mail = composed(letter)
        except ValueError as error:  # an address that mail cannot write
            raise Refused("address", str(error)) from error
        with self._in_time():
            if self._line is None:
                self._line = self._opened()
            try:
                self._line.send_message(mail)
            except smtplib.SMTPRecipientsRefused as error:
                ((code, message),) = error.recipients.values()
                raise _said(code, message) from error
            except smtplib.SMTPDataError as error:
                raise _said(error.smtp_code, error.smtp_error) from error
            except smtplib.SMTPNotSupportedError as error:
                raise Refused("not_supported", str(error)) from error
            except (smtplib.SMTPException, OSError) as error:
                raise _lost(error) from error

    def close(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(smtplib.SMTPException, OSError):  # it has gone away by itself
                line.quit()

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        try:
            line = self._connected(server)
        except (smtplib.SMTPException, OSError) as error:
            raise _lost(error) from error
        try:
            self._line = line  # so that it is hung up on when the time is over
            if server.security == "starttls":
                line.starttls(context=ssl.create_default_context())
            if server.user is not None:
                line.login(server.user, server.password or "")
        except (smtplib.SMTPException, OSError) as error:
            line.close()
            raise _lost(error) from error
        return line

    def _connected(self, server: Server) -> smtplib.SMTP:
        if server.security == "tls":
            context = ssl.create_default_context()
            line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT, context=context)
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=CONNECT)
        if line.sock is not None:
            line.sock.settimeout(READ)
        return line

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
        line = self._line
        if line is not None and line.sock is not None:
            with suppress(OSError):  # it has just ended by itself
                line.sock.shutdown(2)

    def _forget(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _said(code: int, message: bytes | str) -> PostError:
    """Return what a server's answer about a letter means."""
    text = message.decode(errors="replace") if isinstance(message, bytes) else message
    is_of_us = code == NOT_LET_IN or text.startswith(OF_US)
    if code >= PERMANENT and not is_of_us:
        return Refused(str(code), text)
    # 421 closes the line, and -1 stands for one that was closed before an answer.
    return Away(str(code), text, is_of_the_line=is_of_us or code in {421, -1})


def _lost(error: Exception) -> Away:
    """Return what it means that nothing is taken from us, or that the line was lost. The server's own words are kept."""
    code = getattr(error, "smtp_code", None)
    name = str(code) if code else type(error).__name__
    said = getattr(error, "smtp_error", None) or str(error)
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return Away(name, text, is_of_the_line=True)
