"""The mailbox: mail that nobody has carried away, as its reader would see it. Not in production."""

from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response

from config import mail
from web.auth import public
from web.pages.shown import CSP as OF_PAGES
from web.pages.shown import page
from web.problems import Refusal
from web.security import is_at_home

letters = Blueprint("letters", __name__, template_folder="templates")

MOST = 100
CSP = OF_PAGES.replace("connect-src", "frame-src 'self'; connect-src")
FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""No script runs in a letter: so its page may be of our origin, which lets the page around it look how high it is."""
HEADERS = ("From", "To", "Reply-To", "Date", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID")


@letters.get("/mailbox")
@public
def mailbox() -> Response:
    """List the newest letters."""
    files = sorted(_folder().glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)[:MOST]
    found = [(file.stem, _read(file)) for file in files]
    return _page("mailbox.html", letters=found, has_server=mail.server() is not None)


@letters.get("/mailbox/<letter_id>")
@public
def letter(letter_id: str) -> Response:
    """Show a letter: its headers, its HTML in a frame that may do nothing, its text and its calendar entry."""
    found = _letter(letter_id)
    headers = [(name, found[name]) for name in HEADERS if found[name]]
    parts = [(each.get_content_type(), each.get_content()) for each in _parts(found)]
    shown = [(kind, text) for kind, text in parts if kind != "text/html"]
    return _page("letter.html", letter_id=letter_id, subject=found["Subject"], headers=headers, parts=shown)


@letters.get("/mailbox/<letter_id>/html")
@public
def letter_html(letter_id: str) -> Response:
    """Return a letter's HTML, for the frame, out of which its links lead."""
    found = next(each for each in _parts(_letter(letter_id)) if each.get_content_type() == "text/html")
    own = {"Content-Security-Policy": FRAMED, "X-Frame-Options": "SAMEORIGIN"}
    html = found.get_content().replace("<head>", '<head><base target="_blank">', 1)
    return Response(html, mimetype="text/html", headers=own)


def _folder() -> Path:
    folder = mail.mailbox()
    if folder is None or not is_at_home():
        raise Refusal("not_found")
    return folder


def _letter(letter_id: str) -> EmailMessage:
    folder = _folder()
    known = {file.stem: file for file in folder.glob("*.eml")}  # a name that is asked for is never made a path
    if letter_id not in known:
        raise Refusal("not_found")
    return _read(known[letter_id])


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=default)


def _parts(found: EmailMessage) -> Sequence[EmailMessage]:
    return [each for each in found.walk() if not each.is_multipart()]


def _page(template: str, **given: object) -> Response:
    return Response(page(template, area="", **given), mimetype="text/html", headers={"Content-Security-Policy": CSP})
