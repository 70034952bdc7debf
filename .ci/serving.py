"""Run a command beside the web, whose address is its last argument; nobody decides. Usage: serving.py COMMAND ..."""

import subprocess
import sys
import threading
from collections.abc import Sequence

from werkzeug.serving import make_server

from web.app import create_app


def main(command: Sequence[str]) -> int:
    """Return the command's status."""
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        return subprocess.run([*command, f"http://127.0.0.1:{server.port}"], check=False).returncode
    finally:
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
