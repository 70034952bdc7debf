"""Cross-origin requests: from the pages of the origins that CORS_ORIGINS names, and from no others.

No cookie is ever set or read: who asks is told by the token that the page's own script has. So an origin that is let in
can do what its token may, and without one what everybody may.
"""

from datetime import timedelta

from flask import Flask, Response
from flask_cors import CORS

from config.settings import settings
from config.spelling import EVERY_ORIGIN
from web.describing import HEADERS, IN_FLIGHT, PARAMETERS

WITH = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ASKED = ("Authorization", "Content-Type", "X-Request-Id", *(each["name"] for each in PARAMETERS.values()))
"""The headers that a script may send: those of the document, whose token it needs, and the id that it gives a request."""
TOLD = tuple(name for name in HEADERS if name != IN_FLIGHT)
"""The headers that a script may read: those of the document."""
REMEMBERED = timedelta(hours=2)
"""For how long a browser need not ask again; none remembers it for longer than this."""


def register(app: Flask) -> None:
    """Let scripts of other origins call the API of *app*, where the settings name any. Not its pages."""
    origins = settings().cors_origins_allowed
    if not origins:
        return
    CORS(
        app,
        resources=r"/api/.*",
        origins=EVERY_ORIGIN if EVERY_ORIGIN in origins else origins,
        methods=WITH,
        allow_headers=ASKED,
        expose_headers=TOLD,
        max_age=REMEMBERED,
        send_wildcard=True,
        always_send=False,
    )
    app.after_request(_differ)


def _differ(response: Response) -> Response:
    """Tell caches that another origin gets another answer, also on one that no origin has asked for."""
    response.vary.add("Origin")
    return response
