"""Farewell: hearing that this process is told to end, whoever else handles the signal."""

import signal
import socket
import threading
from collections.abc import Callable

TOLD = frozenset({signal.SIGTERM, signal.SIGINT})


def when_told_to_stop(handler: Callable[[], None]) -> None:
    """Call *handler* from a thread of its own, once, as soon as the process is told to end.

    From the main thread only, and once in a process. It takes nothing from who handles the signal, before or after: the
    interpreter writes each signal's number down for us, too. Whoever handles it must do so in Python, or nobody is told.
    """
    heard, written = socket.socketpair()
    written.settimeout(0)  # it must not block, as the interpreter demands
    signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
    # The thread keeps both ends: were one collected, its number would be given to somebody's file.
    thread = threading.Thread(target=_listen, args=(heard, written, handler), name="farewell", daemon=True)
    thread.start()


def _listen(heard: socket.socket, _written: socket.socket, handler: Callable[[], None]) -> None:
    while not TOLD & set(heard.recv(64)):
        continue
    handler()
