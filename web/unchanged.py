"""Unchanged: who has an object as it is shown by now is told so, by 304 and without its body.

A version counts what was changed. What is shown may follow from the clock, from other objects and from who asks, too, so
the `ETag` of what was read has, after the version, what the whole answer is made of. `If-Match` looks at the version.
"""

import hashlib

from flask import Flask, Response, request

from web.versions import STRONG_TAG


def register(app: Flask) -> None:
    """Compare each object that is read with what the caller says to have."""
    app.after_request(_compared)


def _compared(response: Response) -> Response:
    version = response.headers.get("ETag", "")
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or not STRONG_TAG.fullmatch(version):  # noqa: PLR2004 - OK
        return response
    tag = f'{version[:-1]}-{hashlib.sha256(response.get_data()).hexdigest()[:16]}"'
    response.headers["ETag"] = tag
    # Wherever it stands among others, weak or not: what a proxy has compressed is marked as weak. `*` names no answer.
    if tag in request.headers.get("If-None-Match", ""):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Type"]
    return response
