"""Where local data lives, and as whom the servers run.

PostgreSQL refuses to run as root, so root starts the servers as `nobody`, in a folder of theirs. When the data folder
cannot be reached by that user (a checkout below a private home), theirs is a system folder instead: we never loosen
the permissions of a folder that we did not make.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config.local.terminal import Refused

SYSTEM = Path("/var/lib/aionbooking")
PRIVATE, PASSABLE = 0o700, 0o711


@dataclass(frozen=True)
class User:
    """Whom a server runs as when it is not ourselves."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Ask the system itself, which alone knows of ACLs, mounts and containers."""
        question = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", str(folder)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )
        return question.returncode == 0


@dataclass(frozen=True)
class Place:
    """The folders of one installation; *data* is ours."""

    data: Path

    @cached_property
    def user(self) -> User | None:
        """Whom the servers run as; None means ourselves. Raises Refused when PostgreSQL would not run as them."""
        if os.geteuid() == 0:
            return _nobody()
        _check_our_name()
        return None

    @cached_property
    def home(self) -> Path:
        """The servers' folder, which *user* can enter. Raises Refused when there is none."""
        return _home(self.data, self.user)

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """What the next start must know: the lock, ports and process ids."""
        return self.data / "run"

    @property
    def environment(self) -> Path:
        """What a shell must read to run a command beside the programs."""
        return self.data / "environment"

    @property
    def keys(self) -> Path:
        """The secrets made here, one in each file."""
        return self.data / "keys"

    def give(self, path: Path) -> Path:
        """Make *path*, which lies in *home*, the servers' own, and return it."""
        if self.user:
            os.chown(path, self.user.uid, self.user.gid)
        return path

    def remove(self) -> None:
        """Delete the place and all in it. Its servers must have stopped."""
        shutil.rmtree(self.data)
        if self.home != self.data:
            shutil.rmtree(self.home)


def place_at(data: Path) -> Place:
    """Make the folders of an installation at *data*, or find them. Raises Refused when that is not allowed."""
    place = Place(data.absolute())
    try:
        _make(place.data, PRIVATE if os.geteuid() else PASSABLE)
        for folder in (place.logs, place.run, place.keys):
            _make(folder, PRIVATE)
    except OSError as error:
        raise Refused(f"cannot keep data in {data}: {error.strerror}. Set DATA_DIR to a folder of your own.") from error
    return place


def _check_our_name() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise Refused(
            f"PostgreSQL refuses to run as user {os.geteuid()}, who has no name in /etc/passwd: "
            "use one who has, or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from error


def _nobody() -> User:
    try:
        entry = pwd.getpwnam("nobody")
        user = User(entry.pw_uid, entry.pw_gid)
        user.can_enter(Path("/"))
    except (KeyError, OSError) as error:
        raise Refused(
            "PostgreSQL refuses to run as root, and there is no user `nobody` to run it as: "
            "use an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from error
    return user


def _home(data: Path, user: User | None) -> Path:
    if user is None or user.can_enter(data):
        return data
    home = SYSTEM / hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    try:
        _make(SYSTEM, PASSABLE)
        _make(home, PASSABLE)
    except OSError as error:
        raise Refused(f"the user `nobody` cannot enter {data}, and {home}: {error.strerror}. Set DATA_DIR.") from error
    if not user.can_enter(home):
        raise Refused(f"the user `nobody` can enter neither {data} nor {home}: set DATA_DIR to a folder that it can.")
    return home


def _make(folder: Path, mode: int) -> None:
    """Make *folder* with just *mode*, whatever the umask; leave one that exists alone."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    folder.chmod(mode)
