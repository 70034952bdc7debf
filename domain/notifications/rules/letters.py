"""A letter: a message as it is sent, whatever carries it; and how mail writes it. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.utils import format_datetime
from unicodedata import category

import idna

POLICY = SMTP.clone(max_line_length=998)
"""As long as RFC 5322 lets a line be: an address in a header that was folded is found by no mail program."""

UNWRITABLE = frozenset({"Cc", "Cs"})

LINKED = re.compile(r"[.:@](?=\S)|/(?=/)")

LINE = 200
"""Letters of a subject or a name: what is longer is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who writes, or who is written to."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A calendar's entry, for a calendar to put in or (`CANCEL`) take out."""

    method: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent to one recipient. *message_id* is the same each time it is sent."""

    message_id: str
    sender: Party
    recipient: Party
    subject: str
    text: str
    html: str
    date: datetime
    reply_to: str | None = None
    invitation: Invitation | None = None
    unsubscribe_url: str | None = None


def one_line(text: str) -> str:
    """Return *text* fit for a header: on one line, not too long, and nothing in it that stands for other letters.

    The library reads encoded words (RFC 2047) in what it is given, and writes what they stand for: lines of their own, say.
    """
    return _plain(text.replace("=?", "= ?"))[:LINE]


def _plain(text: str) -> str:
    """Return *text* on one line, without what no header can carry."""
    return " ".join(storable(text).split())


def storable(text: str) -> str:
    """Return *text* without what neither mail nor the database can carry, such as a server may well say."""
    return "".join(letter for letter in text if category(letter) not in UNWRITABLE or letter in "\n\t")


def unlinked(text: str) -> str:
    """Return what somebody wrote so that mail programs make no link of it: with word joiners, which nobody sees.

    Who registers, books or invites chooses the names in mail to others, and must not choose where that leads.
    """
    return LINKED.sub(lambda found: f"{found[0]}\N{WORD JOINER}", text)


def composed(letter: Letter) -> EmailMessage:
    """Return a letter as mail. A program that reads the last part it understands shows the HTML, or the entry.

    Errors: ValueError for an address that mail cannot write, or that would write more than itself.
    """
    mail = EmailMessage(POLICY)
    mail["Message-ID"] = letter.message_id
    mail["Date"] = format_datetime(letter.date)
    mail["From"] = _mailbox(letter.sender)
    mail["To"] = _mailbox(letter.recipient)
    mail["Subject"] = one_line(letter.subject)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
    if letter.reply_to:
        mail["Reply-To"] = _address(letter.reply_to)
    if letter.unsubscribe_url:  # RFC 8058
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.invitation:
        mail.add_alternative(
            letter.invitation.body.decode(),
            subtype="calendar",
            cte="quoted-printable",
            params={"method": letter.invitation.method},
        )
    _refuse_more_than_was_said(mail)
    return mail


def flattened(mail: EmailMessage) -> bytes:
    """Return a mail as smtplib says it: in ASCII, unless an address demands UTF-8."""
    parties = [each.addr_spec for name in ("From", "To") for each in mail[name].addresses]
    return mail.as_bytes(policy=POLICY.clone(utf8=not "".join(parties).isascii()))


def _refuse_more_than_was_said(mail: EmailMessage) -> None:
    """Refuse a mail that reads otherwise than it was put together. Errors: ValueError."""
    read = message_from_bytes(mail.as_bytes(), policy=compat32)
    if read.keys() != mail.keys() or read.get_content_type() != mail.get_content_type():
        raise ValueError("the headers say more than they were told to")


def _mailbox(party: Party) -> Address:
    return _address(party.address, one_line(party.name))


def _address(text: str, name: str = "") -> Address:
    """Return an address, which is never cut: a shorter one is somebody else's. Errors: ValueError."""
    user, _, domain = text.rpartition("@")
    if not user or not domain or "=?" in text or _plain(text) != text:
        raise ValueError("it is no plain address")
    return Address(name, username=user, domain=in_ascii(domain))


def in_ascii(domain: str) -> str:
    """Return a domain as the network knows it; one that cannot be is left as it is, for the server to refuse."""
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain
