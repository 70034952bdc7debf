"""Where a name leads: looked up once, in bounded time, and refused unless every address that it has may be called."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address

from domain.webhooks.rules.addresses import Address, Network, is_refused
from domain.webhooks.rules.states import Failure

Lookup = Callable[[str], Sequence[Address]]
"""Returns the addresses of a name. Raises OSError (or UnicodeError) when there are none."""


class Unreachable(Exception):
    """Nothing is called there: *failure* says why, in a word."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure


def addresses_of(host: str, allowed: Sequence[Network], *, lookup: Lookup, seconds: float) -> Sequence[Address]:
    """Return the addresses of *host*, each of which may be called. Errors: Unreachable.

    What is called is one of these, and not the name: it might lead elsewhere when it is looked up again.
    """
    found = _looked_up(host, lookup, seconds)
    if not found or any(is_refused(address, allowed) for address in found):
        raise _nowhere(host)
    return found


def _nowhere(host: str) -> Unreachable:
    """Say the same of a name that is not there and of one that leads inside: nobody is to learn of names inside."""
    return Unreachable(Failure.ADDRESS, f"{host} has no address on the public internet")


def system_lookup(host: str) -> Sequence[Address]:
    """Look a name up as the machine does."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [*dict.fromkeys(ip_address(each[4][0]) for each in found)]


def _looked_up(host: str, lookup: Lookup, seconds: float) -> Sequence[Address]:
    """Look up in a thread that is left behind when it takes too long: the system's own waits cannot be cut short."""
    answers: queue.SimpleQueue[Sequence[Address] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            answers.put(lookup(host))
        except (OSError, ValueError) as error:
            answers.put(error)

    threading.Thread(target=look, name="lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise Unreachable(Failure.TIMEOUT, f"looking {host} up took too long") from None
    if isinstance(answer, Exception):
        raise _nowhere(host)
    return answer
