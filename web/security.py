"""Security headers: on every answer, as tight as the answer allows; and who is at home."""

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, request

from config.settings import settings

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def register(app: Flask) -> None:
    """Put the headers on each of *app*'s answers; a view that sets one knows better."""
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def is_at_home() -> bool:
    """Tell whether this server was asked for by a name of its own: `localhost`, that of BASE_URL, or an IP address.

    A stranger's page, open in a browser beside us, can let its own name lead here (DNS rebinding), and would then read
    what is shown to whoever tries us out; but it cannot have our names.
    """
    host = urlsplit(f"//{request.host}").hostname
    with suppress(ValueError):
        return bool(ip_address(host or ""))
    return host in {"localhost", urlsplit(settings().base_url).hostname}
