"""The guard: pages and controls are for this machine's own people, not for what a page of the web makes a browser do."""

import ipaddress
from urllib.parse import urlsplit

from flask import Response, request

PLAIN = "text/plain"
READING = ("GET", "HEAD", "OPTIONS")


def refuse_strangers() -> Response | None:
    """Answer 403 to whom we were not addressed by a loopback name, and to what another site's page sent."""
    if not _is_loopback(request.host):
        return Response("This answers on loopback only.\n", 403, mimetype=PLAIN)
    origin = request.headers.get("Origin")
    if request.method not in READING and origin and urlsplit(origin).netloc != request.host:
        return Response("Another site's page sent this.\n", 403, mimetype=PLAIN)
    return None


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
