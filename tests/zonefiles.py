"""A tz database of another version, as `pip` would have installed it, in which zones are as a test wants them."""

import os
import shutil
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import tzdata

NAME = b"NEW"  # of every local time

Change = tuple[datetime, int]
"""From when on clocks show UTC plus so many minutes."""


def install(folder: Path, version: str, zones: Mapping[str, bytes]) -> Mapping[str, str]:
    """Put a tzdata package into *folder*; return the environment in which programs find it before ours."""
    shutil.copytree(Path(tzdata.__file__).parent, folder / "tzdata")
    for name, compiled in zones.items():
        (folder / "tzdata/zoneinfo" / name).write_bytes(compiled)
    described = folder / f"tzdata-{version}.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tzdata\nVersion: {version}\n")
    return os.environ | {"PYTHONPATH": str(folder)}


def compiled(minutes: int, changes: Sequence[Change] = ()) -> bytes:
    """Compile a zone that is *minutes* ahead of UTC until its *changes*, the last of which holds for ever (RFC 9636)."""
    seconds = [60 * each for each in (minutes, *(ahead for _, ahead in changes))]
    count = len(changes)
    header = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, count, len(seconds), len(NAME) + 1)
    body = struct.pack(f">{count}q", *(int(at.timestamp()) for at, _ in changes))
    body += bytes(range(1, count + 1))  # each change begins the next kind of local time
    body += b"".join(struct.pack(">lbb", each, 0, 0) for each in seconds)
    # What reads 64 bits skips the first block, which is for those that do not.
    before = (
        struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, len(NAME) + 1)
        + struct.pack(">lbb", 0, 0, 0)
        + NAME
        + b"\0"
    )
    return before + header + body + NAME + b"\0" + f"\n{_for_ever(seconds[-1])}\n".encode()


def _for_ever(seconds: int) -> str:
    sign = "-" if seconds >= 0 else "+"  # POSIX counts westwards
    hours, rest = divmod(abs(seconds) // 60, 60)
    return f"<{NAME.decode()}>{sign}{hours}:{rest:02}"
