"""Ports on loopback: which are free, and which a server had the last time."""

import errno
import random
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.local.terminal import Refused

WEB = 8000
# Below every system's ephemeral range: a client that keeps dialling a dead server on an ephemeral port may be given
# that very port as its own, connect to itself, and keep the server from coming back.
OURS = range(20000, 32000)
HIGHEST = 65535
TRIES = 200


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether a server could listen on *port* now. Raises Refused when the port may not be used at all."""
    with socket.socket() as client:
        client.settimeout(1)
        if client.connect_ex(("127.0.0.1", port)) == 0:  # some systems let a loopback bind hide behind a wildcard one
            return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, port))
        except PermissionError as error:
            raise Refused(f"port {port} may not be used by this user: choose one from 1024 up.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise Refused(f"cannot listen on {host}:{port}: {error.strerror}.") from error
    return True


def remembered(file: Path) -> int:
    """Return the port that *file* holds when it is free, else another free one, which *file* holds from now on."""
    port = next(port for port in _candidates(file) if is_free(port))
    file.write_text(f"{port}\n")
    return port


def web_port(environment: Mapping[str, str], host: str) -> int:
    """Return PORT, or the first free port from 8000 up when PORT is not set. Raises Refused when PORT is taken."""
    asked = environment.get("PORT")
    if not asked:
        return next(port for port in range(WEB, HIGHEST + 1) if is_free(port, host))
    if not asked.isdecimal() or not 0 < int(asked) <= HIGHEST:
        raise Refused(f"PORT={asked} is no port: it must be a number from 1 to {HIGHEST}.")
    if not is_free(int(asked), host):
        raise Refused(f"port {asked} is in use by another program: stop that, or set PORT to a free one.")
    return int(asked)


def _candidates(file: Path) -> Iterator[int]:
    last = file.read_text().strip() if file.exists() else ""
    if last.isdecimal() and int(last) in OURS:
        yield int(last)
    yield from random.SystemRandom().sample(OURS, TRIES)  # by no seed, which another process may have been given too
    raise Refused(f"no free port was found among {TRIES} tried between {OURS.start} and {OURS.stop}.")
