"""Wake-ups: one connection per process listens on a PostgreSQL channel, so that waiting needs none of its own."""

import threading
from collections.abc import Callable

import psycopg
from psycopg import sql

from config.logging import log
from config.settings import settings

PAUSE = 1.0


class Listener:
    """Calls *handler* with the payload of each notification, from a thread of its own; reconnects for ever.

    Notifications sent while it is not connected are lost, so whoever waits must also look for themselves.
    """

    def __init__(self, channel: str, handler: Callable[[str], None]) -> None:
        self._channel = channel
        self._handler = handler
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def ensure_running(self) -> None:
        """Start the thread unless it runs; not earlier, because a server may fork between import and first use."""
        with self._guard:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=f"listen:{self._channel}", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._listen()
            except psycopg.Error as error:
                log.warning("listener_disconnected", channel=self._channel, error=str(error))
                threading.Event().wait(PAUSE)

    def _listen(self) -> None:
        # Autocommit: a listener inside a transaction would keep the server from emptying its queue.
        with psycopg.connect(settings().psycopg_url, autocommit=True, connect_timeout=3) as connection:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            for note in connection.notifies():
                self._handler(note.payload)
