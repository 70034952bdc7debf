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
<html lang="en">
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
BUTTON = '<form method="post"><button type="submit">No more reminders</button></form>'
AGAIN = '<form method="post" action="{token}/undo"><button type="submit">Remind me again</button></form>'


@unsubscribing.get("/unsubscribe/<token>")
@public
def ask(token: str) -> Response:
    """Ask once more: programs that look into links must not have any effect. Who has no reminders is offered them again."""
    business_id, address = _named(token)
    with reading() as session:
        is_off = notifications.is_unsubscribed(session, business_id, address)
        where = catalog.business_name(session, business_id)
    if is_off:
        text = f"{address} is not reminded of bookings at {where}."
        return _page("No reminders", text, AGAIN.format(token=token))
    return _page("No more reminders?", f"{address} will not be reminded of bookings at {where} any more.", BUTTON)


@unsubscribing.post("/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> Response:
    """Remind an address no more. Safe to repeat."""
    business_id, address = _named(token)
    retried(lambda session: notifications.unsubscribe(session, business_id, address, now=clock()))
    where = _name_of(business_id)
    text = f"{address} will not be reminded of bookings at {where} any more. Other messages about bookings still come."
    return _page("Done", text, AGAIN.format(token=token))


@unsubscribing.post("/unsubscribe/<token>/undo")
@public
def undo(token: str) -> Response:
    """Remind an address again, which clicked by mistake. Safe to repeat."""
    business_id, address = _named(token)
    retried(lambda session: notifications.subscribe_again(session, business_id, address))
    text = f"{address} will be reminded of bookings at {_name_of(business_id)} as before."
    return _page("You will be reminded", text)


def _name_of(business_id: UUID) -> str:
    with reading() as session:
        return catalog.business_name(session, business_id)


def _named(token: str) -> tuple[UUID, str]:
    found = mail.unsubscribing(token)
    if found is None:
        raise Refusal("not_found")
    return found


def _page(title: str, text: str, more: str = "") -> Response:
    page = PAGE.format(title=escape(title), text=escape(text), more=more)
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": CSP})
