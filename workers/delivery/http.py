"""A guarded POST: to an address that was looked up once and checked, in bounded time, whatever is at the other end.

The certificate is checked against the host in the URL. Redirects are not followed, and nothing is sent through a proxy.
A status decides as soon as it is there; of the body no more is read than is kept, and not for longer than a call may take.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import certifi

from domain.webhooks.gateway import Call, Heard, Outcome, Unheard
from domain.webhooks.rules.addresses import Address
from domain.webhooks.rules.errors import UrlRefused
from domain.webhooks.rules.states import Failure
from domain.webhooks.rules.urls import Reach, Target, target_of
from workers.deadlines import after
from workers.delivery.addresses import Lookup, Unreachable, addresses_of, system_lookup
from workers.delivery.retry_after import asked_for

SECONDS = 15.0
CONNECT = 5.0
KEPT = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Sends requests within a reach."""

    reach: Reach
    lookup: Lookup = system_lookup
    seconds: float = SECONDS

    def __call__(self, call: Call) -> Outcome:
        """Send it; whatever goes wrong is told, and not raised."""
        begun = time.monotonic()
        try:
            return self._sent(call, begun)
        except UrlRefused as error:
            failure, detail = Failure.ADDRESS, str(error)
        except Unreachable as error:
            return Unheard(failure=error.failure, detail=str(error), milliseconds=0)  # the time would tell, too
        except ssl.SSLError as error:
            failure, detail = Failure.TLS, getattr(error, "verify_message", "") or error.reason or type(error).__name__
        except TimeoutError:
            failure, detail = Failure.TIMEOUT, f"no answer within {self.seconds:g} seconds"
        except OSError as error:
            failure, detail = Failure.CONNECTION, error.strerror or type(error).__name__
        except http.client.HTTPException as error:
            failure, detail = Failure.ANSWER, type(error).__name__
        if self._left(begun) <= 0:  # the end of its time shows as whatever it was doing then
            failure, detail = Failure.TIMEOUT, f"no answer within {self.seconds:g} seconds"
        return Unheard(failure=failure, detail=detail, milliseconds=_since(begun))

    def _sent(self, call: Call, begun: float) -> Heard:
        target = target_of(call.url, self.reach)
        found = [target.address] if target.address else self._addresses(target.host, begun)
        connected = _wrapped(self._connected(found, target, begun), target)
        try:
            with after(self._left(begun), _hang_up, connected):
                return self._asked(connected, target, call, begun)
        finally:
            connected.close()

    def _asked(self, connected: socket.socket, target: Target, call: Call, begun: float) -> Heard:
        connected.settimeout(self.seconds)
        if isinstance(connected, ssl.SSLSocket):
            connected.do_handshake()
        line = _Dialled(target, connected)
        line.request("POST", target.path, body=call.body, headers={**call.headers, "Connection": "close"})
        with line.getresponse() as answer:
            if self._left(begun) <= 0:  # headers that were cut off by hanging up look whole
                raise TimeoutError
            return Heard(
                status=answer.status,
                body=_beginning(answer),
                milliseconds=_since(begun),
                retry_after=asked_for(answer.headers.get("Retry-After")),
            )

    def _addresses(self, host: str, begun: float) -> Sequence[Address]:
        return addresses_of(host, self.reach.allowed, lookup=self.lookup, seconds=self._left(begun))

    def _connected(self, found: Sequence[Address], target: Target, begun: float) -> socket.socket:
        """Return a connection to the first address that takes one."""
        last: OSError = TimeoutError()
        for address in found:
            left = min(CONNECT, self._left(begun))
            if left <= 0:
                break
            try:
                return socket.create_connection((str(address), target.port), timeout=left)
            except OSError as error:
                last = error
        raise last

    def _left(self, begun: float) -> float:
        return begun + self.seconds - time.monotonic()


@cache
def trusted() -> ssl.SSLContext:
    """Return whose certificates are believed: the machine's authorities, and those that browsers know."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Dialled(http.client.HTTPConnection):
    """HTTP over a connection that there is already."""

    def __init__(self, target: Target, connected: socket.socket) -> None:
        default = {"http": http.client.HTTP_PORT, "https": http.client.HTTPS_PORT}[target.scheme]
        super().__init__(target.host, target.port)
        self.default_port = default  # what the Host header leaves out
        self.sock = connected

    def connect(self) -> None:
        """Refuse to connect anew, to wherever the name may lead by now."""
        raise ConnectionError("the connection was closed")


def _wrapped(connected: socket.socket, target: Target) -> socket.socket:
    """Return the connection that is spoken on. Hands are shaken later, when there is somebody to hang up."""
    if target.scheme == "http":
        return connected
    return trusted().wrap_socket(connected, server_hostname=target.host, do_handshake_on_connect=False)


def _beginning(answer: http.client.HTTPResponse) -> bytes:
    """Return what is kept of a body: as much as comes of it."""
    body = bytearray()
    with suppress(OSError, http.client.HTTPException, ValueError):  # the status is there, and decides
        while len(body) < KEPT and (piece := answer.read1(KEPT - len(body))):
            body += piece
    return bytes(body)


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):  # it has just ended by itself
        socket.socket.shutdown(connected, socket.SHUT_RDWR)  # the plain one's: TLS's would first forget its state


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
