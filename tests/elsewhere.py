"""Elsewhere: a process, and the sessions of its database, that keep the hours of another zone."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import event

from config.transaction import engine


@contextmanager
def standing_in(zone: str) -> Iterator[None]:
    """Have the process and every connection it takes stand in a zone, whatever they were told at their start."""

    def keep(connection: Any, *_: object) -> None:  # noqa: ANN401 - psycopg's, as SQLAlchemy hands it over
        connection.execute("SELECT set_config('timezone', %s, false)", (zone,))
        connection.commit()

    engine().dispose()
    event.listen(engine(), "connect", keep)
    try:
        with mock.patch.dict(os.environ, {"TZ": zone}):
            time.tzset()
            yield
    finally:
        time.tzset()
        event.remove(engine(), "connect", keep)
        engine().dispose()
