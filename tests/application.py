"""The application of a test process: made once, because making it takes longer than most tests do."""

from functools import cache

from config.logging import configure
from web.app import create_app
from web.openapi import Api


def application() -> Api:
    """Return the process's application, which keeps nothing of whom it served; what it logs, this test can read."""
    made = _made()
    configure()
    return made


@cache
def _made() -> Api:
    return create_app()
