"""The yardstick of latency: a task that does nothing but note when it was begun."""

import os
import time
from functools import cache

from celery import Celery
from redis import Redis

QUEUE = "noop"
BEGUN = "bench:noop"

app = Celery("noop")
app.config_from_object("celeryconfig")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL"), task_default_queue=QUEUE, task_create_missing_queues=True, beat_schedule={}
)


@app.task(name="noop.begin")
def begin(sent: float) -> None:
    """Note how long after *sent* (the clock's seconds) this was begun."""
    now = time.time()
    redis().rpush(BEGUN, now - sent)


@cache
def redis() -> Redis:
    """Return this process's connection."""
    return Redis.from_url(os.environ["REDIS_URL"])
