"""Patience: a connection to Redis that tells a server which does not answer from a machine that is busy.

A plain timeout of 80 ms cannot. With eight web processes on two cores it was over before Redis had its turn, ten times
in 1,280 requests. So the time is waited for in slices, each of which counts only once we had our turn ourselves, and
none does while Redis answers somebody else in this process.
"""

from typing import Any

from redis.connection import Connection, ConnectionPool, parse_url
from redis.exceptions import TimeoutError as NoAnswer

SLICE = 0.02  # seconds
QUIET = 4
"""Slices in which nobody has an answer; then Redis is away."""
LONGEST = 100
"""Slices that one request waits while others are answered."""
AT_MOST = 1.0
"""Seconds that the rest of an answer may take which has begun to come."""


class Pulse:
    """How many answers have come on the connections of a pool. Near enough will do: nobody locks it."""

    answers = 0


class Patient:
    """A connection's part that reads."""

    pulse: Pulse

    def read_response(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the library's
        """Return the answer. Raises redis.TimeoutError once nobody has had one for a while, or ConnectionError."""
        self._wait()
        answer = super().read_response(*arguments, **options)  # type: ignore[misc]
        self.pulse.answers += 1
        return answer

    def _wait(self) -> None:
        quiet, heard = 0, self.pulse.answers
        for _ in range(LONGEST):
            if self.can_read(timeout=SLICE):  # type: ignore[attr-defined]
                return
            quiet, before, heard = quiet + 1, heard, self.pulse.answers
            if heard != before:
                quiet = 0
            if quiet == QUIET:
                break
        raise NoAnswer("Redis does not answer")


def pool(url: str, **options: Any) -> ConnectionPool:  # noqa: ANN401 - of connections
    """Return a pool of patient connections, of whichever kind *url* asks for."""
    kind = parse_url(url).get("connection_class", Connection)  # type: ignore[no-untyped-call]
    patient = type("Patient", (Patient, kind), {"pulse": Pulse()})
    limits = {"socket_connect_timeout": SLICE * QUIET, "socket_timeout": AT_MOST}
    return ConnectionPool.from_url(url, connection_class=patient, **limits, **options)
