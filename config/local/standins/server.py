"""The server: werkzeug's, with a thread for each request, on loopback only."""

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from werkzeug.serving import make_server

from config.local.standins.accounts import Account
from config.local.standins.app import application
from config.local.standins.wire import Handler
from config.local.standins.world import World

HERE = "127.0.0.1"


class StandIns:
    """Both stand-ins, in this process, for as long as a block lasts. Port 0 takes any that is free."""

    def __init__(self, accounts: Sequence[Account], *, file: Path | None = None, port: int = 0) -> None:
        self.world = World(accounts, file)
        self._server = make_server(HERE, port, application(self.world), threaded=True, request_handler=Handler)
        self.world.base_url = f"http://{HERE}:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """Where they answer; the APIs are below it, at `/stripe` and `/paystack`."""
        return self.world.base_url

    def start(self) -> None:
        """Answer, and deliver what is owed."""
        self._thread.start()
        self.world.outbox.start()

    def stop(self) -> None:
        """End every pause, hang up, and let go of the port."""
        self.world.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.world.outbox.stop()
        self.world.rows.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()
