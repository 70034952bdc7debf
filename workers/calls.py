"""The calls that a process has under way: so many at a time, whoever began them, and nobody has to wait for them."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Self

from config.logging import log


class Calls:
    """Threads for *at_once* calls. They outlive the task that began them; a process that ends waits for them.

    Begun and counted by one thread at a time.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="call")
        self._under_way: set[Future[None]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def free(self) -> int:
        """Return for how many more there is room."""
        self._under_way = {each for each in self._under_way if not each.done()}
        return self._at_once - len(self._under_way)

    def are_over(self) -> bool:
        """Tell whether none is under way."""
        return self.free() == self._at_once

    def begin(self, call: Callable[..., None], *given: Any) -> None:  # noqa: ANN401 - what *call* takes
        """Have a thread make a call. What it raises is told in the log, as nobody is there to hear of it."""
        self._under_way.add(self._pool.submit(_told, call, *given))

    def wait_for_one(self, seconds: float) -> None:
        """Wait until one that is under way has ended, at most so long."""
        wait(self._under_way, timeout=seconds, return_when=FIRST_COMPLETED)


def _told(call: Callable[..., None], *given: Any) -> None:  # noqa: ANN401 - what *call* takes
    try:
        call(*given)
    except Exception:
        log.exception("call_failed")
        raise
