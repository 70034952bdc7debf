"""The worker's entry: `celery --app workers.app worker`."""

import gc

from celery import Task
from celery.signals import (
    setup_logging,
    task_postrun,
    task_prerun,
    worker_before_create_process,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from config import logging
from config.celery import celery_app
from config.publisher import Publisher
from config.transaction import after_commit, engine
from workers import notifications, stopping, webhooks
from workers.relay import Relay
from workers.tasks import TASKS

app = celery_app()
for name, work in TASKS.items():
    app.task(name=name)(work)

relay = Relay()
publishers: list[Publisher] = []


def _configure_logs(**_: object) -> None:
    logging.configure()


def _share_memory(**_: object) -> None:
    # What is there before a fork stays shared as long as nobody writes to it, and a collection writes to all it looks at.
    gc.collect()
    gc.freeze()


def _own_connections(**_: object) -> None:
    # A forked child must neither use nor close its parent's connections, and threads do not survive a fork.
    engine().dispose(close=False)
    _publish_from_here()


def _publish_from_here(**_: object) -> None:
    # A pool of threads does its work in this process; of a pool of processes each has a publishing thread of its own.
    publishers[:] = [Publisher()]
    after_commit(publishers[0])


def _start_relay(**_: object) -> None:
    relay.start()


def _stop_relay(**_: object) -> None:
    relay.stop()
    _send_the_rest()


def _send_the_rest(**_: object) -> None:
    for publisher in publishers:
        publisher.flush()


def _begin_no_calls(**_: object) -> None:
    webhooks.stop()
    notifications.stop()


def _hang_up(**_: object) -> None:
    notifications.hang_up()


def _bind_task(task_id: str, task: Task, **_: object) -> None:
    logging.clear_contextvars()
    logging.bind_contextvars(task_id=task_id, task=task.name)


def _unbind_task(**_: object) -> None:
    logging.clear_contextvars()


for signal, receiver in (
    (setup_logging, _configure_logs),
    (worker_init, _publish_from_here),
    (worker_before_create_process, _share_memory),
    (worker_process_init, _own_connections),
    (worker_ready, _start_relay),
    (worker_shutting_down, _begin_no_calls),
    (worker_shutting_down, stopping.begin),
    (worker_process_shutdown, _hang_up),
    (worker_process_shutdown, _send_the_rest),
    (worker_shutdown, _hang_up),
    (worker_shutdown, _stop_relay),
    (task_prerun, _bind_task),
    (task_postrun, _unbind_task),
):
    signal.connect(receiver, weak=False)
