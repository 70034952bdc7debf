"""What a killed run leaves behind: each process group is on record, and is ended by the next run."""

import json
import signal
from collections.abc import Sequence
from pathlib import Path

from config.local.processes import end, members, started

PATIENCE_SECONDS = 10
SUFFIX = ".group"


def record(run: Path, name: str, pid: int, cwd: Path) -> None:
    """Write down in *run* that *pid*, which leads a group of its own and works in *cwd*, is *name*."""
    draft = run / f"{name}.new"
    draft.write_text(json.dumps({"pid": pid, "started": started(pid), "cwd": str(cwd)}))
    draft.rename(run / f"{name}{SUFFIX}")


def group(run: Path, name: str) -> Sequence[int]:
    """Return the living pids of the group recorded as *name*, its leader first."""
    file = run / f"{name}{SUFFIX}"
    if not file.exists():
        return ()
    entry = json.loads(file.read_text())
    return sorted(members(entry["pid"], entry["started"], Path(entry["cwd"])), key=lambda pid: pid != entry["pid"])


def end_group(run: Path, name: str, patience: float = PATIENCE_SECONDS) -> bool:
    """End the group recorded as *name*, and forget it: its leader within *patience* seconds, the rest at once.

    Say whether any was left.
    """
    left = group(run, name)
    end(lambda: [pid for pid in group(run, name) if pid in left[:1]], left[:1], signal.SIGTERM, patience)
    end(lambda: group(run, name), (), signal.SIGKILL, 0)
    (run / f"{name}{SUFFIX}").unlink(missing_ok=True)
    return bool(left)


def end_all(run: Path) -> Sequence[str]:
    """End every group on record in *run*; return the names of those that were still there."""
    names = sorted(file.stem for file in run.glob(f"*{SUFFIX}"))
    return [name for name in names if end_group(run, name)]
