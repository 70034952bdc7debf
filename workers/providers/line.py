"""The line to a provider: open for one call of a gateway, however many requests that takes, and for so long only.

What goes wrong on it is told as `Away` when nothing can have been sent, and as `Unknown` otherwise. No error of a library
is chained to those: such errors carry the request, and with it the secret key.
"""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from ssl import SSLCertVerificationError
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import requests
import urllib3

from config.logging import log
from domain.payments.gateway import Away, ProviderError, Unknown
from workers.deadlines import after

CONNECT, READ = 3.0, 10.0
DEADLINE = 15.0
"""Seconds for all requests of a call together; by then even an answer that trickles in is hung up on."""
MOST = 1_000_000
PIECE = 65_536
AT_ONCE = 8
PATIENCE = 1.0
LOST = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class Answer(NamedTuple):
    """What was answered, of whatever status."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        """Whether the provider did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's


class Line:
    """Sessions are not kept between calls: a connection that was idle may be dead, and what is sent on it, unknown."""

    def __init__(self, api_base: str) -> None:
        self._places = _places(api_base)
        self._until = time.monotonic() + DEADLINE
        self._session = requests.Session()
        # A proxy of the machine would see what we ask, and its .netrc put another key in place of ours.
        self._session.trust_env = False

    def __enter__(self) -> Self:
        """Open the line; it connects when something is asked.

        A provider that hangs must not take all of this process's threads from the other: so many calls to one are made at
        a time, and who waits in vain for one to end is told. Errors: Away.
        """
        if not self._places.acquire(timeout=PATIENCE):
            raise Away("busy")
        self._until = time.monotonic() + DEADLINE
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        """Hang up."""
        self._places.release()
        self._session.close()

    def ask(self, method: str, url: str, headers: Mapping[str, str], **more: Any) -> Answer:  # noqa: ANN401 - what requests takes
        """Ask once; *more* is `data`, `json` or `params`. Errors: Away, Unknown."""
        left = self._left()
        if left <= 0:
            raise Away("deadline")
        plain = {**headers, "Accept-Encoding": "identity"}
        begun = time.monotonic()
        try:
            answer = self._asked(method, url, headers=plain, timeout=(min(CONNECT, left), min(READ, left)), **more)
        except LOST as error:
            lost = _told(error)
            _note(method, url, begun, failure=lost.code)
        else:
            _note(method, url, begun, status=answer.status)
            return answer
        raise lost

    def _asked(self, method: str, url: str, **more: Any) -> Answer:  # noqa: ANN401 - what requests takes
        with self._session.request(method, url, allow_redirects=False, stream=True, **more) as response:
            return Answer(response.status_code, self._body(response.raw), response.headers)

    def _body(self, raw: urllib3.BaseHTTPResponse) -> bytes:
        body = bytearray()
        with after(self._left(), _hang_up, raw):
            while piece := raw.read1(PIECE, decode_content=True):
                body += piece
                if len(body) > MOST:
                    raise Unknown("answer_too_large")
        if self._left() <= 0:  # what was cut off by hanging up may look whole
            raise Unknown("timeout")
        return bytes(body)

    def _left(self) -> float:
        return self._until - time.monotonic()


def _note(method: str, url: str, begun: float, **outcome: int | str) -> None:
    """Leave a line of what was asked, without what was said or who said it: headers and bodies hold keys."""
    at = urlsplit(url)
    log.info(
        "provider_asked",
        method=method,
        host=at.hostname,
        path=at.path,
        ms=round((time.monotonic() - begun) * 1000, 1),
        **outcome,
    )


@cache
def _places(_api_base: str) -> BoundedSemaphore:
    """Return how many calls may be made to one provider at a time, for all threads to share."""
    return BoundedSemaphore(AT_ONCE)


def json_object(body: bytes) -> dict[str, Any] | None:
    """Return what a body says, if it is a JSON object."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _hang_up(raw: urllib3.BaseHTTPResponse) -> None:
    with suppress(ValueError, RuntimeError, OSError):  # it has just ended by itself
        raw.shutdown()


def _told(error: Exception) -> ProviderError:
    name = type(error).__name__
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        return Away("no_connection", name)
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return Unknown("timeout", name)
    return Unknown("connection_lost", name)


def _never_connected(error: Exception) -> bool:
    """Tell whether it ended before the first byte of a request: no name, nobody there, or a stranger's certificate."""
    retries = error.args[0] if error.args else None
    reason = getattr(retries, "reason", None)
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return True
    return isinstance(reason, urllib3.exceptions.SSLError) and any(
        isinstance(each, SSLCertVerificationError) for each in reason.args
    )
