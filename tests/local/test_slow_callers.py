"""Callers who begin a request and do not go on: the server of the Procfile lets go of them, and answers the others."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.settings import ROOT

WEB = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
SPOKEN = re.findall(r"--http \S+", WEB)[0].split()
HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""How HTTP/2 begins where nobody has asked for it, with a frame of settings that are all as usual."""
PLACES = 16
MOST = 15  # seconds to wait for anything here


@pytest.fixture
def port() -> Iterator[int]:
    """Run the web server as the Procfile does, with few places and little patience, and with an application of no weight."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    options = {"--backpressure": str(PLACES), "--http1-header-read-timeout": "500", "--blocking-threads": "4"}
    given = [f"{name}={value}" for name, value in options.items()]
    program = str(Path(sys.executable).with_name("granian"))
    where = ["--host=127.0.0.1", f"--port={number}"]
    line = [
        program,
        "--interface=wsgi",
        *SPOKEN,
        "--no-ws",
        "--factory",
        "tests.local.answering:create_app",
        *where,
        *given,
    ]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _until_it_listens(number)
            yield number
        finally:
            server.terminate()


def test_the_procfile_gives_headers_ten_seconds() -> None:
    assert re.search(r"--http1-header-read-timeout (\d+) ", WEB)[1] == "10000"  # type: ignore[index]


def test_whoever_does_not_send_the_headers_is_let_go_and_the_others_are_answered(port: int) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(_calling(port, HALF)) for _ in range(2 * PLACES)]
        quick = stack.enter_context(_calling(port, WHOLE))
        assert quick.recv(100).startswith(b"HTTP/1.1 200")
        for each in slow:
            assert not each.recv(1000).startswith(b"HTTP/1.1 200")


def test_http_2_is_not_spoken(port: int) -> None:
    """A thread waits for the body of each of its streams, and granian 2 lets go of none when a stream or its connection ends."""
    with _calling(port, HTTP_2) as caller:
        assert caller.recv(100)[:4] in {b"HTTP", b""}
    with _calling(port, WHOLE) as caller:
        assert caller.recv(100).startswith(b"HTTP/1.1 200")


def _calling(port: int, begun: bytes) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", port), timeout=MOST)
    caller.sendall(begun)
    return caller


def _until_it_listens(port: int) -> None:
    deadline = time.monotonic() + MOST
    while True:
        try:
            _calling(port, WHOLE).close()
        except OSError:
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.05)
        else:
            return
