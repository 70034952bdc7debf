"""The pages that mailed links lead to: one booking, paying for it, and what one does with an account.

They call this server only; the page on which a card is given to Stripe runs Stripe's script, too, and is there for that alone.
"""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, send_from_directory
from flask import Response as OwnResponse
from werkzeug.wrappers import Response

from config.settings import settings
from web.answers import shown
from web.auth import public
from web.parsing import parsed
from web.schemas.wording import WordingRequest, WordingView

links = Blueprint("links", __name__)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

STRIPE = "https://js.stripe.com/v3/"
# As Stripe asks for in its guide to content security policies; without its fraud signals' frames it takes no card.
PAYING_CSP = (
    "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' https://api.stripe.com; img-src 'self' https://*.stripe.com; "
    "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PAYING = Path(__file__).parent.with_name("static") / "paying.html"


@links.get("/manage")
@public
def manage() -> Response:
    """Let whoever has a booking's link see and change it; what the link carries is behind its `#`, and is not sent here."""
    return _page("manage.html")


@links.get("/manage/pay")
@public
def pay() -> OwnResponse:
    """Let a customer give their card to Stripe, by Stripe's own script or by the one of its stand-in."""
    script, policy = _stripe()
    page = OwnResponse(
        PAYING.read_text(encoding="utf-8").replace("STRIPE_SCRIPT", escape(script)), mimetype="text/html"
    )
    page.headers["Content-Security-Policy"] = policy
    page.headers["Cross-Origin-Opener-Policy"] = (
        "same-origin-allow-popups"  # some ways to pay open a window of their own
    )
    return page


def _stripe() -> tuple[str, str]:
    """Return where Stripe's script is, and what a page may do that runs it."""
    base = settings().stripe_api_base
    parts = urlsplit(base)
    if settings().is_production or parts.hostname not in {"127.0.0.1", "localhost"}:
        return STRIPE, PAYING_CSP
    own = f"{parts.scheme}://{parts.netloc}"
    return f"{base}/stripe.js", CSP.replace("script-src 'self'", f"script-src 'self' {own}")


@links.post("/manage/wording")
@public
@parsed
def wording(body: WordingRequest) -> OwnResponse:
    """Put moments and money into words for the page of a booking: browsers name zones and write money otherwise than mails."""
    return shown(WordingView.of(body)).response()


@links.get("/account")
@public
def account() -> Response:
    """Let people reset a password, confirm an address, or accept an invitation."""
    return _page("account.html")


def _page(name: str) -> Response:
    page = send_from_directory("static", name, max_age=0)
    page.headers["Content-Security-Policy"] = CSP
    return page
