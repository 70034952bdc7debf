"""A firewall before PostgreSQL, which can forget the connections that it has let through."""

import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)  # what SO_LINGER takes: end at once, without a farewell


class Firewall(ThreadingTCPServer):
    """Passes on what both sides say; who says something over a connection that it has forgotten is reset."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.beyond = (host, port)
        self.forgotten = 0

    def forget(self) -> None:
        """Forget every connection that there is, without a word to either side."""
        self.forgotten += 1


class Passage(BaseRequestHandler):
    """One connection through the firewall."""

    server: Firewall

    def handle(self) -> None:
        """Pass on what is said, until one side ends it or the firewall has forgotten."""
        begun = self.server.forgotten
        with socket.create_connection(self.server.beyond) as beyond:
            others = {self.request: beyond, beyond: self.request}
            while True:
                side = select.select(others, [], [])[0][0]
                said = side.recv(CHUNK)
                if self.server.forgotten > begun:
                    self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    self.request.close()
                    return
                if not said:
                    return
                others[side].sendall(said)


@contextmanager
def firewall(host: str, port: int) -> Iterator[Firewall]:
    """Yield a firewall before a server."""
    with Firewall(host, port) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()
