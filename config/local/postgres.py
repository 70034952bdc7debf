"""PostgreSQL from a wheel: made, started, stopped and brought back on one data folder."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import psycopg

from config.local import ports
from config.local.binaries import binaries
from config.local.keys import kept
from config.local.places import Place
from config.local.processes import end, spawn, working_in
from config.local.terminal import Refused, tail

VERSION = "18"
DATABASE = "aionbooking"
LASTING: Mapping[str, str] = MappingProxyType({"max_connections": "200"})
# Nothing survives a power cut, and nothing needs to.
THROWAWAY: Mapping[str, str] = MappingProxyType(
    {"max_connections": "300", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)
STARTS = 3
READY_SECONDS = 60
STOP_SECONDS = 30


class Postgres:
    """One server on one data folder. The caller holds the place's lock: nobody else starts one there."""

    name = "postgres"

    def __init__(self, place: Place, tuning: Mapping[str, str] = LASTING) -> None:
        self.place = place
        self.tuning = tuning
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def cluster(self) -> Path:
        """The data folder proper."""
        return self.place.home / "postgres"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.place.logs / "postgres.log"

    @property
    def url(self) -> str:
        """DATABASE_URL of the database that is made with the server."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the URL of *database* on this server."""
        return f"postgresql://postgres:{self._password()}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, after ending whatever an earlier run left on the folder. Raises Refused with the log's end."""
        self.recover()
        self._make_cluster()
        # A port once told is kept: those who have been given the URL come back to it.
        for port in [self.port] * STARTS if self.port else self._free_ports():
            self.port = port
            self._spawn()
            if self._becomes_ready():
                return
            self.stop()
        raise Refused(f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        """End sessions at once, write a checkpoint, leave no process."""
        pids = self._pids()
        # To the postmaster only: SIGINT means other things to its children. Children that lost it can only be killed.
        postmaster = {self._postmaster()} & set(pids)
        end(self._pids, postmaster, signal.SIGINT, STOP_SECONDS if postmaster else 0)
        if self.process:
            self.process.wait()
            self.process = None

    def recover(self) -> None:
        """End the server that a killed run left here, backends and all, and take away its mark.

        After that a postmaster.pid is stale whatever it says: empty, a dead pid, or a pid that is another's by now.
        """
        self.stop()
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _pids(self) -> list[int]:
        if self.process:
            self.process.poll()
        return working_in(self.cluster, "postgres", self.place.user)

    def _postmaster(self) -> int:
        """Return the pid that the data folder names, which may be nobody's or another's by now; 0 for none."""
        mark = self.cluster / "postmaster.pid"
        first = mark.read_text().partition("\n")[0].strip() if mark.exists() else ""
        return int(first) if first.isdecimal() else 0

    def _password(self) -> str:
        return kept(self.place.keys / "postgres_password")

    def _free_ports(self) -> Iterator[int]:
        """Yield the port of before, and another each time that somebody else was quicker to take it."""
        return (ports.remembered(self.place.run / "postgres.port") for _ in range(STARTS))

    def _spawn(self) -> None:
        # No socket in the file system: its path may have 107 bytes at most, and a checkout may lie deeper.
        # Nor are rows quoted in its log: they are of somebody.
        settings = {
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_error_verbosity": "terse",
            **self.tuning,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        server = binaries(self.place).postgres
        command: list[str | Path] = [server, "-D", self.cluster, "-h", "127.0.0.1", "-p", str(self.port), *options]
        self.process = spawn(command, self.log, user=self.place.user)

    def _becomes_ready(self) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while self.process and self.process.poll() is None and time.monotonic() < deadline:
            try:
                self._make_database()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _make_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True, connect_timeout=2) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).rowcount:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _make_cluster(self) -> None:
        known = (self.place.keys / "postgres_password").exists()
        if self.cluster.is_dir() and not known:
            # Its password went with a data folder that was deleted. Set aside: nobody can open it, nobody loses it.
            shutil.rmtree(self.cluster.with_suffix(".old"), ignore_errors=True)
            self.cluster.rename(self.cluster.with_suffix(".old"))
        if not self.cluster.is_dir():
            self._initdb()
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        if made_by != VERSION:
            raise Refused(f"{self.cluster} was made by PostgreSQL {made_by}, and this is {VERSION}: move it away.")

    def _initdb(self) -> None:
        for draft in self.place.home.glob("postgres.new-*"):
            shutil.rmtree(draft, ignore_errors=True)  # left by a run that was killed right here
        draft = self.place.give(Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.place.home)))
        with tempfile.NamedTemporaryFile("w", dir=self.place.home) as secret:
            secret.write(self._password())
            secret.flush()
            self.place.give(Path(secret.name))
            command: list[str | Path] = [
                binaries(self.place).initdb,
                *("-D", draft, "-U", "postgres", "-E", "UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *("--auth=scram-sha-256", f"--pwfile={secret.name}", "--no-instructions"),
                *(["--no-sync"] if self.tuning.get("fsync") == "off" else []),
            ]
            if spawn(command, self.log, user=self.place.user).wait():
                raise Refused(f"PostgreSQL could not make its data folder. The end of {self.log}:\n{tail(self.log)}")
        draft.rename(self.cluster)
