"""Bearers: the token that a request shows, in `Authorization: Bearer …`."""

from flask import request


def token_shown() -> str | None:
    """Return the token that a request shows; None: it shows none. In which case the scheme is written does not count.

    See RFC 9110, 11.1.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
