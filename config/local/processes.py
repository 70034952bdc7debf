"""Processes: starting them apart from ours, recognising them later, ending them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.local.places import User

PROC = Path("/proc")
BOOT = PROC / "sys/kernel/random/boot_id"
GONE = frozenset("ZX")  # a zombie holds nothing but its number
PLAIN = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, kw_only=True)
class Process:
    """One row of the process table; *started* tells it from another that is given the same pid later."""

    pid: int
    group: int
    name: str
    started: str


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    user: User | None = None,
    cwd: Path = Path("/"),
    environment: Mapping[str, str] = PLAIN,
) -> "subprocess.Popen[bytes]":
    """Start *command* in a session of its own, out of the terminal's reach, writing to the end of *log*."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=cwd,
            env=dict(environment),
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )


def living() -> Sequence[Process]:
    """Return every process that has not ended."""
    return _living_in_proc() if (PROC / "self/stat").exists() else _living_by_ps()


def working_in(folder: Path, name: str, user: User | None) -> list[int]:
    """Return the pids of the *name* processes whose working directory is *folder*, or was before it was deleted.

    Servers go to their data folder and stay there, so this finds them and their children even when whoever started
    them left no word. *user* asks: without ptrace rights root may not see where another user's process works.
    """
    pids = [process.pid for process in living() if process.name == name]
    where = _working_directories(pids, user) if pids else {}
    return [pid for pid in pids if where.get(pid, "").removesuffix(" (deleted)") == str(folder.resolve())]


def members(group: int, started: str, cwd: Path) -> list[int]:
    """Return the pids in *group*, whose leader we started at *started* in *cwd*; none when the number is another's.

    While a group has members the system gives its number to nobody. Once the leader has left we cannot compare its
    start, and look whether they work where we put them.
    """
    pids = {process.pid: process for process in living() if process.group == group}
    if leader := pids.get(group):
        return list(pids) if leader.started == started else []
    where = _working_directories(list(pids), None) if pids else {}
    return [pid for pid in pids if where.get(pid) == str(cwd.resolve())]


def started(pid: int) -> str:
    """Return when *pid* started, in the system's own words; empty when it has ended."""
    return next((process.started for process in living() if process.pid == pid), "")


def end(find: Callable[[], Iterable[int]], asked: Iterable[int], first: signal.Signals, patience: float) -> None:
    """End what *find* finds: *first* to those *asked*, after *patience* seconds SIGKILL to all.

    Returns when nothing is found.
    """
    _signal(asked, first)
    deadline = time.monotonic() + patience
    while left := list(find()):
        if time.monotonic() > deadline:
            _signal(left, signal.SIGKILL)
        time.sleep(0.05)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue  # it has ended by itself


def _living_in_proc() -> list[Process]:
    boot = _boot()
    found = []
    for folder in PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            stat = (folder / "stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended while we looked
        name, rest = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
        if rest[0] not in GONE:
            found.append(Process(pid=int(folder.name), group=int(rest[2]), name=name, started=f"{boot}/{rest[19]}"))
    return found


@cache
def _boot() -> str:
    return BOOT.read_text().strip() if BOOT.exists() else ""


def _living_by_ps() -> list[Process]:
    command = ["ps", "-axo", "pid=,pgid=,stat=,lstart=,comm="]
    rows = subprocess.run(command, env=PLAIN, capture_output=True, text=True, check=True).stdout.splitlines()
    found = []
    for row in rows:
        pid, group, state, *started = row.split(maxsplit=8)
        if state[0] not in GONE:
            name = Path(started.pop()).name
            found.append(Process(pid=int(pid), group=int(group), name=name, started=" ".join(started)))
    return found


def _working_directories(pids: Sequence[int], user: User | None) -> dict[int, str]:
    if (PROC / "self/stat").exists():
        script = 'for pid; do echo "$pid $(readlink "/proc/$pid/cwd")"; done'
        lines = _answer(["/bin/sh", "-c", script, "sh", *map(str, pids)], user)
        return {int(pid): where for pid, _, where in (line.partition(" ") for line in lines)}
    found, pid = {}, 0
    for line in _answer(["lsof", "-a", "-d", "cwd", "-Fpn", "-p", ",".join(map(str, pids))], user):
        if line.startswith("p"):
            pid = int(line[1:])
        elif line.startswith("n"):
            found[pid] = line[1:]
    return found


def _answer(command: Sequence[str], user: User | None) -> list[str]:
    answer = subprocess.run(
        command,
        env=PLAIN,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,  # one of them may have ended meanwhile
        text=True,
        errors="surrogateescape",
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    return answer.stdout.splitlines()
