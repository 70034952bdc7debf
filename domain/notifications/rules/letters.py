"""A letter: a message as it is sent, whatever carries it; and how mail writes it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna

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
    """Return *text* fit for a header: on one line, and not too long."""
    return " ".join(text.split())[:LINE]


def composed(letter: Letter) -> EmailMessage:
    """Return a letter as mail. A program that reads the last part it understands shows the HTML, or the entry."""
    mail = EmailMessage(SMTP)
    mail["Message-ID"] = letter.message_id
    mail["Date"] = format_datetime(letter.date)
    mail["From"] = _mailbox(letter.sender)
    mail["To"] = _mailbox(letter.recipient)
    mail["Subject"] = one_line(letter.subject)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
    if letter.reply_to:
        mail["Reply-To"] = letter.reply_to
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
    return mail


def _mailbox(party: Party) -> Address:
    name, _, domain = party.address.rpartition("@")
    return Address(one_line(party.name), username=name, domain=in_ascii(domain))


def in_ascii(domain: str) -> str:
    """Return a domain as the network knows it; one that cannot be is left as it is, for the server to refuse."""
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain
