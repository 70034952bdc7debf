"""The Procfile: `name: command` lines, each a program that we keep running."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.local import orphans
from config.local.places import Place
from config.local.processes import spawn
from config.local.terminal import Refused

LINE = re.compile(r"(?P<name>[a-z][a-z0-9_-]*):\s*(?P<command>\S.*)")


def commands(text: str) -> Mapping[str, str]:
    """Return each name's command, in the file's order. Raises Refused with the line that is neither that nor a comment."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if not match or match["name"] in found:
            raise Refused(f"the Procfile has a line that is no `name: command` of its own: {line}")
        found[match["name"]] = match["command"]
    return found


class Program:
    """One line of the Procfile, run by the shell in a process group of its own."""

    def __init__(self, name: str, command: str, place: Place, checkout: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.command = command
        self.place = place
        self.checkout = checkout
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the program says."""
        return self.place.logs / f"{self.name}.log"

    def start(self) -> None:
        """Start, after ending what is left of the group when only its leader died."""
        orphans.end_group(self.place.run, self.name, patience=0)
        command = ["/bin/sh", "-c", self.command]
        self.process = spawn(command, self.log, cwd=self.checkout, environment=self.environment)
        orphans.record(self.place.run, self.name, self.process.pid, self.checkout)

    def ask_to_stop(self) -> None:
        """Ask the leader, which knows how to end its children's work in order."""
        if self.runs() and self.process:
            os.kill(self.process.pid, signal.SIGTERM)

    def runs(self) -> bool:
        """Say whether the leader is there."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End whatever is left of the group, at once."""
        if self.runs() and self.process:
            self.process.kill()
            self.process.wait()
        orphans.end_group(self.place.run, self.name, patience=0)


def programs(place: Place, checkout: Path, environment: Mapping[str, str]) -> Sequence[Program]:
    """Return the programs of the Procfile in *checkout*."""
    lines = commands((checkout / "Procfile").read_text())
    return [Program(name, command, place, checkout, environment) for name, command in lines.items()]
