"""Patience: a connection to Redis that tells a server which does not answer from one that is busy.

A Redis that is stopped refuses at once. One that is silent may just write to a slow disk, or wait for a processor: on a
busy machine that took up to 0.3 s, and whoever gives up sooner counts wrong. So half a second is waited, in slices of
which each counts only once we had our turn ourselves, and none does while Redis answers somebody else in this process.
Once it was silent for so long it is given less each time that it is tried again.
"""

from typing import Any

from redis.connection import Connection, ConnectionPool, parse_url
from redis.exceptions import TimeoutError as NoAnswer

SLICE = 0.02  # seconds
TRUSTED, DOUBTED = 25, 4
"""Slices in which nobody has an answer, after which Redis is away; and as many while it was."""
LONGEST = 100
"""Slices that one request waits while others are answered."""
AT_MOST = 1.0
"""Seconds that the rest of an answer may take which has begun to come."""


class Pulse:
    """What the connections of a pool know of each other. Near enough will do: nobody locks it."""

    answers = 0
    quiet = TRUSTED


class Patient:
    """A connection's part that reads."""

    pulse: Pulse

    def read_response(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the library's
        """Return the answer. Raises redis.TimeoutError once nobody has had one for a while, or ConnectionError."""
        self._wait()
        answer = super().read_response(*arguments, **options)  # type: ignore[misc]
        self.pulse.answers += 1
        self.pulse.quiet = TRUSTED
        return answer

    def _wait(self) -> None:
        quiet, heard = 0, self.pulse.answers
        for _ in range(LONGEST):
            if self.can_read(timeout=SLICE):  # type: ignore[attr-defined]
                return
            quiet, before, heard = quiet + 1, heard, self.pulse.answers
            if heard != before:
                quiet = 0
            if quiet >= self.pulse.quiet:
                break
        self.pulse.quiet = DOUBTED
        raise NoAnswer("Redis does not answer")


def pool(url: str, **options: Any) -> ConnectionPool:  # noqa: ANN401 - of connections
    """Return a pool of patient connections, of whichever kind *url* asks for."""
    kind = parse_url(url).get("connection_class", Connection)  # type: ignore[no-untyped-call]
    patient = type("Patient", (Patient, kind), {"pulse": Pulse()})
    limits = {"socket_connect_timeout": SLICE * DOUBTED, "socket_timeout": AT_MOST}
    return ConnectionPool.from_url(url, connection_class=patient, **limits, **options)
