"""The Celery application: how messages travel. What they ask for is in `workers/tasks.py`."""

from functools import cache

from celery import Celery
from kombu.entity import Queue

from config import broker
from config.settings import settings

QUEUES = ("allocation", "payments", "provider_events", "notifications", "deliveries", "maintenance")
ROUTES = {
    "bookings.*": {"queue": "allocation"},
    "payments.*": {"queue": "payments"},
    "provider_events.*": {"queue": "provider_events"},
    "notifications.*": {"queue": "notifications"},
    "reminders.*": {"queue": "notifications"},
    "webhooks.*": {"queue": "deliveries"},
    "maintenance.*": {"queue": "maintenance"},
}


def queue_of(kind: str) -> str:
    """Return the queue that tasks of a kind go to, or `unknown` for one that another version of this program had."""
    return ROUTES.get(f"{kind.partition('.')[0]}.*", {"queue": "unknown"})["queue"]


@cache
def celery_app() -> Celery:
    """Return the process's Celery application, configured by `celeryconfig.py` at the top of the tree."""
    broker.mend()
    app = Celery("aionbooking", broker=settings().redis_url, amqp=broker.Amqp)
    app.config_from_object("celeryconfig")
    app.conf.task_queues = [Queue(name) for name in QUEUES]  # type: ignore[no-untyped-call]
    app.conf.task_routes = ROUTES
    return app
