"""Stopping: what becomes of the tasks that a worker has not finished when it is told to end.

Told by SIGTERM, it takes no more of them, and goes as soon as those under way are done. After STOP_SECONDS it waits no
longer: the leases of their jobs are given back, so that another worker has them at once and not when they lapse.
"""

import os
import signal
import threading
from multiprocessing.connection import wait

from billiard import active_children
from billiard.process import Process

from config.logging import log
from config.settings import settings
from workers import notifications
from workers.leased import give_back_all

LAST = 2.0
"""Seconds in which a child that is ended gives back what it holds."""
UNFINISHED = 1


def begin(**_: object) -> None:
    """Wait for the tasks under way for so long. Called in a signal's handler, in the worker's main process."""
    log.warning("worker_stopping", seconds=settings().stop_seconds)
    timer = threading.Timer(settings().stop_seconds, _go)
    timer.daemon = True  # the worker is to end before
    timer.start()


def _go() -> None:
    log.warning("worker_left_tasks_unfinished")
    _end(active_children())
    give_back_all()  # where the tasks are threads of this process
    notifications.hang_up(patience=0)
    os._exit(UNFINISHED)


def _end(children: list[Process]) -> None:
    """End a pool's processes: what they are at raises SystemExit, which `leased` knows."""
    for child in children:
        os.kill(child.pid, signal.SIGTERM)
    left = {child.sentinel: child for child in children}
    while left and (ended := wait(list(left), LAST)):
        for sentinel in ended:
            left.pop(sentinel)
    for child in left.values():
        os.kill(child.pid, signal.SIGKILL)
