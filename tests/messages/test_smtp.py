"""Handing mail to a server that asks who we are, has no time, refuses, or hangs up."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server, socket

import pytest
from pydantic import ValidationError

from config import mail
from config.mail import Server
from config.settings import Settings
from domain.notifications.gateway import Away, PostError, Refused, Unsure
from domain.notifications.rules.letters import Letter, Party
from tests.messages.office import handed_to
from tests.messages.sink import Sink, a_certificate, dripping, reset, sink
from workers.delivery import line as line_of_mail
from workers.delivery import smtp
from workers.delivery.smtp import Smtp

LETTER = Letter(
    message_id="<ntf_1@example.com>",
    sender=Party(name="Ada's Salon, Lagos", address="post@example.com"),
    recipient=Party(name="Bọlá Òjó", address="bola@example.com"),
    subject="Confirmed: Cut\r\nBcc: everybody@example.com",
    text="Hello Bọlá,\n.\nsee you.\n",
    html="<p>Hello Bọlá</p>",
    date=datetime(2026, 3, 15, 13, tzinfo=UTC),
)


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as made:
        yield made


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def line(server: Sink, security: str = "none", **more: str) -> Smtp:
    return Smtp(Server(host="127.0.0.1", port=server.port, security=security, **more))


def refusal(post: Smtp) -> tuple[type[PostError], str, bool]:
    with pytest.raises(PostError) as found:
        post.send(LETTER)
    return type(found.value), found.value.code, found.value.is_of_the_line


def test_many_letters_go_over_one_connection(server: Sink) -> None:
    with closing(line(server)) as post:
        for _ in range(3):
            post.send(LETTER)
    assert (len(server.got), server.connections) == (3, 1)


def test_a_letter_arrives_as_it_was_written(server: Sink) -> None:
    with closing(line(server)) as post:
        post.send(LETTER)
    (mail,) = server.got
    assert mail["From"] == '"Ada\'s Salon, Lagos" <post@example.com>'
    assert mail["To"] == "Bọlá Òjó <bola@example.com>"
    assert (mail["Subject"], mail["Bcc"]) == ("Confirmed: Cut Bcc: everybody@example.com", None)
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<ntf_1@example.com>", "auto-generated")
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == LETTER.text.splitlines()


def test_with_starttls_and_a_password(certificate: Path) -> None:
    with sink(password="secret", certificate=certificate) as server:
        with closing(line(server, "starttls", user="aion", password="secret")) as post:
            post.send(LETTER)
        assert len(server.got) == 1


def test_a_wrong_password_says_nothing_of_the_letter(certificate: Path) -> None:
    with sink(password="secret", certificate=certificate) as server:
        with closing(line(server, "starttls", user="aion", password="wrong")) as post:
            assert refusal(post) == (Away, "535", True)
        with closing(line(server, "starttls")) as post:
            assert refusal(post) == (Away, "530", True)
        assert server.got == []


def test_who_does_not_prove_their_name_is_told_nothing(tmp_path: Path) -> None:
    with sink(certificate=a_certificate(tmp_path)) as server:  # that nobody trusts
        with closing(line(server, "starttls")) as post:
            assert refusal(post) == (Away, "SSLCertVerificationError", True)
        assert server.got == []


def test_a_server_without_starttls_is_told_nothing(server: Sink) -> None:
    with closing(line(server, "starttls")) as post:
        assert refusal(post) == (Away, "SMTPNotSupportedError", True)
    assert server.got == []


def test_no_for_now_and_no_for_good(server: Sink) -> None:
    server.rcpt += ["450 greylisted", "550 nobody of that name", "554 5.7.1 Relay access denied"]
    server.data += ["452 full", "554 spam"]
    with closing(line(server)) as post:
        found = [refusal(post) for _ in range(5)]
        post.send(LETTER)
    assert found == [
        (Away, "450", False),
        (Refused, "550", False),
        (Away, "554", False),
        (Away, "452", False),
        (Refused, "554", False),
    ]
    assert (len(server.got), server.connections) == (1, 1)


def test_a_line_that_is_cut_is_opened_anew_for_the_next_letter(server: Sink) -> None:
    server.data.append(reset)
    with closing(line(server)) as post:
        assert refusal(post)[0::2] == (Unsure, True)
        post.send(LETTER)
    assert (len(server.got), server.connections) == (1, 2)


def test_nobody_there(server: Sink) -> None:
    with socket() as bound:  # and nobody else comes to listen there
        bound.bind(("127.0.0.1", 0))
        with closing(Smtp(Server(host="127.0.0.1", port=bound.getsockname()[1], security="none"))) as post:
            assert refusal(post) == (Away, "ConnectionRefusedError", True)
    assert server.got == []


def test_who_never_answers_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_of_mail, "READ", 0.2)
    with create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with closing(Smtp(Server(host="127.0.0.1", port=port, security="none"))) as post:
            assert refusal(post) == (Away, "SMTPServerDisconnected", True)


@pytest.mark.parametrize(
    ("security", "answered"),
    [
        ("none", ()),
        ("tls", ()),
        ("starttls", (b"220 here\r\n",)),
        ("starttls", (b"220 here\r\n", b"250-here\r\n250 STARTTLS\r\n")),
        ("starttls", (b"220 here\r\n", b"250-here\r\n250 STARTTLS\r\n", b"220 go on\r\n")),
        ("none", (b"220 here\r\n", b"250-here\r\n250 AUTH PLAIN\r\n")),
    ],
    ids=["banner", "tls", "ehlo", "starttls", "handshake", "login"],
)
def test_nobody_is_kept_drop_by_drop_whatever_was_asked(
    security: str, answered: Sequence[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "DEADLINE", 0.5)
    known = {"user": "aion", "password": "secret"} if security == "none" else {}
    with dripping(answered) as port:
        post = Smtp(Server(host="127.0.0.1", port=port, security=security, **known))
        with closing(post):
            assert refusal(post)[0::2] == (Away, True)


def test_domains_of_other_scripts_are_written_as_the_network_knows_them(server: Sink) -> None:
    foreign = replace(LETTER, recipient=Party(name="Straße", address="ada@straße.example"))
    with closing(line(server)) as post:
        post.send(foreign)
    assert server.got[0]["To"] == "Straße <ada@xn--strae-oqa.example>"


ABROAD = replace(LETTER, recipient=Party(name="", address="bọlá@example.com"))


def test_names_of_other_scripts_are_left_to_servers_that_know_them(server: Sink) -> None:
    with closing(line(server)) as post:
        post.send(ABROAD)
    assert "bọlá@example.com" in str(server.got[0]["To"])


def test_a_server_that_does_not_know_them_holds_nobody_up() -> None:
    with sink(enable_SMTPUTF8=False) as plain, closing(line(plain)) as post:
        with pytest.raises(Refused, match="SMTPUTF8"):
            post.send(ABROAD)
        post.send(LETTER)
        assert (len(plain.got), plain.connections) == (1, 1)


@pytest.mark.parametrize(
    "url", ["mail.example.com:587", "http://mail.example.com", "smtp://", "smtp://host?starttls=perhaps"]
)
def test_a_server_that_makes_no_sense_is_told_at_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", url)
    with pytest.raises(ValidationError, match="must be smtp://"):
        Settings()


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("smtp://aion:p%40ss@h:25", ("h", 25, "starttls", "aion", "p@ss")),
        ("smtp://h?starttls=never", ("h", 587, "none", None, None)),
        ("smtps://h", ("h", 465, "tls", None, None)),
    ],
)
def test_a_server_is_read_from_its_url(
    url: str, known: tuple[str, int, str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_to(monkeypatch, None, url)
    found = mail.server()
    assert found
    assert (found.host, found.port, found.security, found.user, found.password) == known
