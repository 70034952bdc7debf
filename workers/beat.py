"""Beat's entry: `celery --app workers.beat beat`. It sends the names of ticks, and knows nothing of what they do."""

from celery.signals import setup_logging

from config import logging
from config.celery import celery_app

app = celery_app()


def _configure_logs(**_: object) -> None:
    logging.configure()


setup_logging.connect(_configure_logs, weak=False)
