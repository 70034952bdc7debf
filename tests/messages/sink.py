"""A mail server that keeps what it is given: with STARTTLS and passwords, and as unwilling as a test wants it."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from socket import create_server, socket
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# aiosmtpd answers 500 to whatever it could not log: to a stream that a test before has closed, say.
logging.getLogger("mail.log").disabled = True

Answer = Callable[[SMTP], str]
TAKEN = "250 OK"


@dataclass
class Sink:
    """What came in, and what is answered next to a recipient (`rcpt`) and to all of a letter (`data`), and how late (`delays`)."""

    port: int
    got: list[EmailMessage] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    data: list[str | Answer] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    connections: int = 0
    delays: list[float] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    @property
    def ids(self) -> list[str]:
        """Return the Message-IDs of what came in."""
        return [str(each["Message-ID"]) for each in self.got]

    def to(self, address: str) -> list[EmailMessage]:
        """Return what came in for somebody."""
        return [each for each in self.got if address in str(each["To"])]


class Handler:
    """Aiosmtpd's side of it."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_EHLO(  # noqa: D102, N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._sink.connections += not session.host_name
        session.host_name = hostname
        self._sink.greeted.append(hostname)
        return responses

    async def handle_RCPT(  # noqa: D102, N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._sink.rcpt.pop(0) if self._sink.rcpt else TAKEN
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: D102, N802 - as above
        self._sink.before()
        if self._sink.delays:
            await asyncio.sleep(self._sink.delays.pop(0))
        answer = self._sink.data.pop(0) if self._sink.data else TAKEN
        if callable(answer):
            answer = answer(server)
        if answer == TAKEN:
            raw = envelope.content
            assert isinstance(raw, bytes)
            self._sink.got.append(message_from_bytes(raw, policy=default))
        return answer


class Here(Controller):
    """Listens where nobody else does: on a port that the machine has picked, and that is bound from then on."""

    def __init__(self, handler: Handler, listening: socket, **more: Any) -> None:  # noqa: ANN401 - of aiosmtpd
        self._listening = listening
        host, port = listening.getsockname()
        super().__init__(handler, hostname=host, port=port, **more)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


def reset(server: SMTP) -> str:
    """Cut the line when all has been said."""
    transport: Any = server.transport
    transport.abort()
    return "451 gone"


@contextmanager
def sink(*, password: str | None = None, certificate: Path | None = None, **more: Any) -> Iterator[Sink]:  # noqa: ANN401 - of aiosmtpd
    """Run a server; with a *certificate* it demands STARTTLS, with a *password* a login as `aion`; *more* is aiosmtpd's."""
    listening = create_server(("127.0.0.1", 0))
    made = Sink(listening.getsockname()[1])
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        more |= {"tls_context": context, "require_starttls": True}
    if password:
        more |= {
            "authenticator": lambda *given: AuthResult(
                success=given[-1] == LoginPassword(b"aion", password.encode()), handled=False
            ),
            "auth_required": True,
            "auth_require_tls": bool(certificate),
        }
    controller = Here(Handler(made), listening, **more)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


def a_certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 with its key, signed by itself; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption_algorithm=plain)
    )
    return file


@contextmanager
def dripping(answered: Sequence[bytes]) -> Iterator[int]:
    """Run a server that gives some answers, each after what it is asked, and from then on drops without an end."""
    with create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_drip, args=(listening, answered))
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive(), "nobody has hung up"


def _drip(listening: socket, answered: Sequence[bytes]) -> None:
    line, _ = listening.accept()
    with line, suppress(OSError):  # hung up on
        line.settimeout(0.05)
        for count, answer in enumerate(answered):
            if count:
                _asked(line)
            line.sendall(answer)
        while _is_there(line):
            line.sendall(b"2")


def _asked(line: socket) -> None:
    line.settimeout(5)
    line.recv(1024)
    line.settimeout(0.05)


def _is_there(line: socket) -> bool:
    """Wait for a drop's time; tell whether the other side is still there."""
    try:
        return line.recv(1024) != b""
    except TimeoutError:
        return True
