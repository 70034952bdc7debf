"""Deadlines: what is done from outside to a call that takes too long, whatever it waits for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TypeVarTuple

Of = TypeVarTuple("Of")


@contextmanager
def after(seconds: float, act: Callable[[*Of], object], *of: *Of) -> Iterator[None]:
    """Have another thread *act* if the block lasts longer than so many seconds; at once where they are over."""
    timer = Timer(max(seconds, 0), act, of)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
