"""The supervisor: starts again whatever died, and stops everything in order."""

import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from config.local.procfile import Program
from config.local.terminal import Refused, say

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
WELL_SECONDS = 60  # who lived that long has earned a quick start again
GRACE_SECONDS = 30


class Supervised(Protocol):
    """What can die and be started again."""

    name: str
    process: "subprocess.Popen[bytes] | None"

    def start(self) -> None:
        """Start once more, from whatever was left. Raises Refused when it does not come up."""


class Watch:
    """One supervised process and its luck so far. *clock* is monotonic seconds."""

    def __init__(self, one: Supervised, clock: Callable[[], float] = time.monotonic) -> None:
        self.one = one
        self.clock = clock
        self.deaths = 0
        self.since = clock()
        self.due: float | None = None

    def tend(self) -> None:
        """Look once: note a death, or start again when the delay is over. The delay doubles with each early death."""
        if self.due is None:
            self._look()
        elif self.clock() >= self.due:
            self._start()

    def _look(self) -> None:
        status = self.one.process.poll() if self.one.process else None
        if self.one.process and status is None:
            return
        lived = self.clock() - self.since
        self.deaths = 1 if lived >= WELL_SECONDS else self.deaths + 1
        self._wait(f"ended by {_cause(status)}")

    def _start(self) -> None:
        try:
            self.one.start()
        except Refused as refusal:
            self.deaths += 1
            self._wait(str(refusal))
        else:
            self.due, self.since = None, self.clock()

    def _wait(self, what: str) -> None:
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self.deaths - 1))
        self.due = self.clock() + delay
        say(f"{self.one.name}: {what}; starts again in {delay:g} s")


class Supervisor:
    """Tends servers and programs; only the programs are its to stop."""

    def __init__(self, servers: Sequence[Supervised], programs: Sequence[Program]) -> None:
        self.programs = programs
        self.watches = [Watch(one) for one in (*servers, *programs)]

    def start(self) -> None:
        """Start the programs; the servers are up already."""
        for program in self.programs:
            program.start()

    def tend(self) -> None:
        """Look at each once."""
        for watch in self.watches:
            watch.tend()

    def deaths(self, name: str) -> int:
        """Return how often in a row *name* died early."""
        return next(watch.deaths for watch in self.watches if watch.one.name == name)

    def stop(self, hurried: Callable[[], bool]) -> None:
        """Ask the programs to finish, wait for the grace or until *hurried*, then leave no process of theirs."""
        for program in self.programs:
            program.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(program.runs() for program in self.programs) and time.monotonic() < deadline and not hurried():
            time.sleep(0.05)
        for program in self.programs:
            program.kill()


def _cause(status: int | None) -> str:
    if status is None:
        return "not having come up"
    return f"signal {-status}" if status < 0 else f"exit {status}"
