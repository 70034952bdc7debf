"""Having no more reminders: by one click of a mail program (RFC 8058), or by a button on a page of ours."""

from html import escape
from uuid import UUID

from flask import Blueprint, Response

from config import mail
from config.clock import clock
from config.transaction import reading, retried
from domain.catalog import service as catalog
from domain.notifications import service as notifications
from web.auth import public
from web.problems import Refusal

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
AGAIN = '<form method="post" action="{token}/undo"><button type="submit">{again}</button></form>'


@unsubscribing.get("/unsubscribe/<token>")
@public
def ask(token: str) -> Response:
    """Ask once more: programs that look into links must not have any effect. Who has no reminders is offered them again."""
    business_id, address = _named(token)
    with reading() as session:
        is_off = notifications.is_unsubscribed(session, business_id, address)
    return _page(token, "off", AGAIN) if is_off else _page(token, "ask", BUTTON)


@unsubscribing.post("/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> Response:
    """Remind an address no more. Safe to repeat."""
    business_id, address = _named(token)
    retried(lambda session: notifications.unsubscribe(session, business_id, address, now=clock()))
    return _page(token, "done", AGAIN)


@unsubscribing.post("/unsubscribe/<token>/undo")
@public
def undo(token: str) -> Response:
    """Remind an address again, which clicked by mistake. Safe to repeat."""
    business_id, address = _named(token)
    retried(lambda session: notifications.subscribe_again(session, business_id, address))
    return _page(token, "on")


def _named(token: str) -> tuple[UUID, str]:
    found = mail.unsubscribing(token)
    if found is None:
        raise Refusal("not_found")
    return found


def _page(token: str, what: str, more: str = "") -> Response:
    """Say *what* has become of the reminders of who has the link, in the language of the business."""
    business_id, address = _named(token)
    with reading() as session:
        where = catalog.business_name(session, business_id)
        speech = notifications.spoken(notifications.locale_of_business(session, business_id))
    words = speech.words["unsubscribing"]
    text = words[f"{what}_text"].format(address=speech.set_apart(address), business=speech.set_apart(where))
    page = PAGE.format(
        language=escape(str(speech.locale).replace("_", "-")),
        direction=speech.direction,
        title=escape(words[what]),
        text=escape(text),
        more=more.format(token=token, button=escape(words["button"]), again=escape(words["again"])),
    )
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": CSP})
