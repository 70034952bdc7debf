"""Run a command on throwaway servers and a migrated database, with every setting made. Usage: on_servers.py COMMAND ..."""

import subprocess
import sys
from collections.abc import Sequence

from tests.servers import throwaway


def main(command: Sequence[str]) -> int:
    """Return the command's status."""
    with throwaway() as servers:
        servers.enter("ci")
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
