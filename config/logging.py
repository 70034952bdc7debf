"""Logs: one JSON object a line, with the ids of the request and the task that it belongs to."""

import logging
import sys

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars, merge_contextvars

from config.settings import settings

__all__ = ["bind_contextvars", "clear_contextvars", "configure", "log", "request_id"]

EVERY_TICK = ("celery.beat", "celery.worker.strategy", "celery.app.trace")  # a line or two a second, and nothing new

log = structlog.stdlib.get_logger("aionbooking")


def request_id() -> str | None:
    """Return the id of the request that this thread serves, or on whose behalf its task runs."""
    found = get_contextvars().get("request_id")
    return found if isinstance(found, str) else None


def configure() -> None:
    """Send every record, ours and the libraries', to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings().log_level)
    for name in EVERY_TICK:
        logging.getLogger(name).setLevel("WARNING")
