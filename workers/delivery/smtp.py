"""Mail over SMTP: one connection for as many letters as there are, and a word for whatever goes wrong.

A server may take its time to answer a letter that it has heard to its end, and ten minutes are to be waited for that
(RFC 5321, 4.5.3.2.6): whoever hangs up before sends it again to a server that takes it each time. Nobody else's mail
has to wait as long: the answer is left to whoever has time for it.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from time import monotonic

from config.mail import Server
from domain.notifications.gateway import Away, PostError, Refused, Unsure
from domain.notifications.rules.letters import Letter
from domain.notifications.rules.retrying import ANSWERED
from workers.delivery.line import TAKEN, Line, Plug, Said
from workers.delivery.meanings import lost, not_let_in, said
from workers.delivery.written import mail_of

DEADLINE = 45.0
"""Seconds for a letter, with all that comes before it: by then even a server that answers drop by drop, to whatever it
was asked, is hung up on. Only what `line.CONNECT` bounds comes on top, for each address that the server has."""

ANSWER = 5.0
"""Seconds for which an answer is waited for at least before others are let go ahead, and for the rest of one that has begun."""

REFUSALS = range(400, 600)


class Answer:
    """The answer to a letter, on a line that nothing else is said on."""

    def __init__(self, line: Line, plug: Plug) -> None:
        self._line = line
        self._plug = plug

    def wait(self) -> None:
        """Wait for it, for minutes, and hang up. It was taken when this returns. Errors: Refused, Away, Unsure."""
        try:
            if not self._line.is_heard(ANSWERED.total_seconds()):
                raise Unsure("TimeoutError", f"no answer within {ANSWERED}", is_of_the_line=True)
            with self._plug.pulled_after(ANSWER):
                _heard(self._line)
                _part(self._line)
        finally:
            self._line.close()
            self._plug.close()

    def hang_up(self) -> None:
        """Let whoever waits for it wait no longer."""
        self._plug.pull()


class Smtp:
    """Letters to one server. The line is kept from one letter to the next, and opened anew when it was lost.

    *name* is what we call ourselves there; None: what the machine does.
    """

    def __init__(self, server: Server, name: str | None = None) -> None:
        self._server = server
        self._name = name
        self._line: Line | None = None
        self._plug = Plug()

    def send(self, letter: Letter) -> Answer | None:
        """Hand over a letter. None: it was taken; else whether it is, is still to be heard. Errors: Refused, Away."""
        mail, begun = mail_of(letter), monotonic()
        with self._in_time(DEADLINE):
            line = self._line or self._opened()
            _say(line, mail)
        if not line.is_heard(max(ANSWER, begun + DEADLINE - monotonic())):
            apart = Answer(line, self._plug)
            self._line, self._plug = None, Plug()
            return apart
        with self._in_time(ANSWER):
            _heard(line)
        return None

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            with self._in_time(DEADLINE):
                _part(self._line)
        self._forget()

    def _opened(self) -> Line:
        server = self._server
        try:
            line = self._line = Line(server, self._name, self._plug.put_in)
            if server.security == "starttls":
                line.starttls(context=ssl.create_default_context())
            if server.user is not None:
                line.login(server.user, server.password or "")
        except (smtplib.SMTPException, OSError) as error:
            raise not_let_in(error) from error
        return line

    @contextmanager
    def _in_time(self, seconds: float) -> Iterator[None]:
        try:
            with self._plug.pulled_after(seconds):
                yield
        except PostError as error:
            if error.is_of_the_line:
                self._forget()
            raise

    def _forget(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
        self._plug.close()


def _say(line: Line, mail: EmailMessage) -> None:
    """Say a letter to its end. Errors: Refused, Away."""
    try:
        line.send_message(mail)
    except Said:
        return
    except smtplib.SMTPRecipientsRefused as error:
        ((code, message),) = error.recipients.values()
        raise said(code, message) from error
    except smtplib.SMTPDataError as error:
        raise said(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("not_supported", str(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise lost(error, Unsure if line.is_said else Away) from error


def _heard(line: Line) -> None:
    """Hear what became of a letter. Errors: Refused, Away."""
    try:
        code, words = line.answer()
    except (smtplib.SMTPException, OSError) as error:
        raise lost(error, Unsure) from error
    if code in REFUSALS:
        raise said(code, words)
    if code != TAKEN:  # an answer that was cut off, say
        raise Unsure(str(code), words.decode(errors="replace"), is_of_the_line=True)


def _part(line: Line) -> None:
    with suppress(smtplib.SMTPException, OSError):  # it has gone away by itself
        line.quit()
