"""Logs: one JSON object a line, with the ids of the request and the task that it belongs to."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars, merge_contextvars

from config.settings import settings

__all__ = ["bind_contextvars", "clear_contextvars", "configure", "log", "request_id", "without_details"]

# PostgreSQL tells in its details of whole rows: of somebody's address, or of what opens a payment. In the `repr` of an
# error the line ends with a backslash and an n.
DETAIL = re.compile(r"DETAIL: .*?(?=\\n|\n|$)")

# What opens something, wherever it comes from: a library's error may quote what it was given. Our tokens of four kinds
# (access tokens, refresh tokens and secrets of 43 characters, keys, tickets), the providers' keys, and a URL's password.
# One secret of fifteen hundred has no digit in it: what tells it from a long name then is that capitals stand together.
SECRETS = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"
    r"|(?<![\w-])(?:[a-z]{3}_[0-9a-z]{26}_|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*(?:\d|[A-Z]{2})))"
    r"[A-Za-z0-9_-]{43}(?![\w-])"
    r"|\b(?:sk|rk|whsec|pi)_[\w+/=-]{8,}"
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"
    r"|(?i:(?<=bearer )|(?<=basic ))[^\s\"',]+"
)
TOLD = "_was_logged"

EVERY_TICK = ("celery.beat", "celery.worker.strategy", "celery.app.trace")  # a line or two a second, and nothing new

log = structlog.stdlib.get_logger("aionbooking")


def request_id() -> str | None:
    """Return the id of the request that this thread serves, or on whose behalf its task runs."""
    found = get_contextvars().get("request_id")
    return found if isinstance(found, str) else None


def without_details(text: str) -> str:
    """Return what an error says without the rows that PostgreSQL quotes, and without what opens something."""
    return SECRETS.sub("[left out]", DETAIL.sub("DETAIL: left out", text))


def _leave_out_details(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:  # noqa: ANN401 - structlog's signature
    return {name: without_details(value) if isinstance(value, str) else value for name, value in line.items()}


def _one_traceback(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:  # noqa: ANN401 - structlog's signature
    """Leave the traceback to the first line about an error: whoever passes it on, as Celery does, needs no more of it."""
    given = line.get("exc_info")
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        if getattr(error, TOLD, False):
            del line["exc_info"]
        else:
            setattr(error, TOLD, True)
    return line


def configure() -> None:
    """Send every record, ours and the libraries', to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _one_traceback,
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
                _leave_out_details,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings().log_level)
    for name in EVERY_TICK:
        logging.getLogger(name).setLevel("WARNING")
