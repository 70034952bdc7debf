"""Having no more reminders: by one click of a mail program (RFC 8058), or by a button on a page of ours."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from types import MappingProxyType
from uuid import UUID

from flask import Blueprint, Response, abort

from config import mail
from config.clock import clock
from config.transaction import Session, reading, retried
from domain.catalog import service as catalog
from domain.notifications import service as notifications
from domain.notifications.rules.speech import Speech
from web.auth import public
from web.languages import preferred

unsubscribing = Blueprint("unsubscribing", __name__)

CSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
  body {{ max-width: 30rem; margin: 4rem auto; padding: 0 1.25rem; font: 1.05rem/1.6 system-ui, sans-serif }}
  button {{ font: inherit; font-weight: 600; padding: .6rem 1.2rem; border: 0; border-radius: .5rem;
           background: #1d4ed8; color: #fff }}
</style>
<main>
<h1>{title}</h1>
<p>{text}</p>
{more}
</main>
</html>
"""
BUTTON = '<form method="post"><button type="submit">{button}</button></form>'
ASK = '<form method="post" action="{token}/undo"><button type="submit">{again}</button></form>'
AGAIN = '<form method="post" action="{undo}"><button type="submit">{again}</button></form>'

NONE: Mapping[str, str] = MappingProxyType({})

Whose = tuple[UUID, str]
"""A business, and an address that it reminds, or does not."""


@unsubscribing.get("/unsubscribe/<token>")
@public
def ask(token: str) -> Response:
    """Ask once more: programs that look into links must not have any effect. Who has no reminders is offered them again."""
    whose = _named(token)
    with reading() as session:
        is_off = notifications.is_unsubscribed(session, *whose)
    return _page(whose, "off", ASK, token=token) if is_off else _page(whose, "ask", BUTTON)


@unsubscribing.post("/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> Response:
    """Remind an address no more. Safe to repeat. Whoever has just turned reminders off may undo that, and nothing earlier."""
    whose, now = _named(token), clock()
    is_new = retried(lambda session: notifications.unsubscribe(session, *whose, now=now))
    return _page(whose, "done", AGAIN, undo=mail.remind_again_path(*whose, now)) if is_new else _page(whose, "done")


@unsubscribing.post("/unsubscribe/<token>/undo")
@public
def undo(token: str) -> Response:
    """Have an address asked by mail whether it is to be reminded again: this link may have come to others."""
    whose = _named(token)
    retried(lambda session: notifications.ask_whether_again(session, *whose, now=clock()))
    return _page(whose, "mailed")


@unsubscribing.get("/remind-again/<token>")
@public
def ask_again(token: str) -> Response:
    """Ask whether an address is to be reminded again; looking at it has no effect."""
    business_id, address, _ = _mailed(token)
    return _page((business_id, address), "off", AGAIN, undo=f"/remind-again/{token}")


@unsubscribing.post("/remind-again/<token>")
@public
def remind_again(token: str) -> Response:
    """Remind an address again, by the link that it was mailed, or that it had for having turned reminders off just now."""
    business_id, address, off_at = _mailed(token)

    def work(session: Session) -> bool:
        again = notifications.subscribe_again(session, business_id, address, off_at)
        return again or not notifications.is_unsubscribed(session, business_id, address)

    return _page((business_id, address), "on" if retried(work) else "off")


def _mailed(token: str) -> tuple[UUID, str, datetime]:
    found = mail.reminding_again(token)
    if found is None:
        abort(_incomplete())
    return found


def _named(token: str) -> Whose:
    found = mail.unsubscribing(token)
    if found is None:
        abort(_incomplete())
    return found


def _incomplete() -> Response:
    """Say that a link is not whole, in the reader's language: nobody knows whose business it is about."""
    return _written(notifications.spoken(preferred() or "en"), "incomplete", 404)


def _page(whose: Whose, what: str, more: str = "", **links: str) -> Response:
    """Say *what* has become of the reminders of who has the link, in the language of the business."""
    business_id, address = whose
    with reading() as session:
        where = catalog.business_name(session, business_id)
        speech = notifications.spoken(notifications.locale_of_business(session, business_id))
    about = {"address": speech.set_apart(address), "business": speech.set_apart(where)}
    return _written(speech, what, 200, about, more=more, links=links)


def _written(
    speech: Speech,
    what: str,
    status: int,
    about: Mapping[str, str] = NONE,
    *,
    more: str = "",
    links: Mapping[str, str] = NONE,
) -> Response:
    words = speech.words["unsubscribing"]
    buttons = {"button": words["button"], "again": words["again"], **links}
    page = PAGE.format(
        language=escape(str(speech.locale).replace("_", "-")),
        direction=speech.direction,
        title=escape(words[what]),
        text=escape(words[f"{what}_text"].format(**about)),
        more=more.format(**{name: escape(each) for name, each in buttons.items()}),
    )
    return Response(page, status, mimetype="text/html", headers={"Content-Security-Policy": CSP})
