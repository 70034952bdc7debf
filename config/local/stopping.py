"""The wish to stop: Ctrl-C, SIGTERM or a closed terminal; a second one is in a hurry."""

import signal
import time
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BLINK = 0.1


class Stopped(Exception):
    """Somebody asked us to stop."""


class Stop:
    """Counts the wishes. Work goes on until it looks here, so that no process is started and not written down."""

    def __init__(self) -> None:
        self.wishes = 0

    def listen(self) -> None:
        """Take the signals over, for the rest of the process's life."""
        for number in SIGNALS:
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                signal.signal(number, self._heard)

    def in_a_hurry(self) -> bool:
        """Say whether we were asked twice."""
        return self.wishes > 1

    def pause(self, seconds: float = BLINK) -> None:
        """Sleep. Raises Stopped as soon as somebody wishes it."""
        deadline = time.monotonic() + seconds
        while not self.wishes and time.monotonic() < deadline:
            time.sleep(BLINK)
        if self.wishes:
            raise Stopped

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.wishes += 1
