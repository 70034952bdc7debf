"""Make .venv what the requirement files say, then run in it. Usage: prepare.py server|test [ARGUMENT ...].

A stamp inside .venv tells what is installed, and is written last: with it the next run needs neither pip nor a
network, without it .venv is made anew. Only the standard library is used here.
"""

import fcntl
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

CHECKOUT = Path(__file__).resolve().parent.parent
ALWAYS = ("requirements.txt", "requirements/local.txt")
WANTED: Mapping[str, Sequence[str]] = {"server": ALWAYS, "test": (*ALWAYS, "requirements/test.txt")}
THEN: Mapping[str, Sequence[str]] = {"server": ("config.local.server",), "test": ("pytest", "-n", "auto")}
STEP = 15
REASONS = (
    (r"connection broken by|getaddrinfo failed", "the package index cannot be reached"),
    (r"No matching distribution found for (\S+)", "no wheel of {} was found for this machine and Python"),
    (r"DO NOT MATCH THE HASHES[^\n]*\n\s+(\S+)", "the download of {} does not match its pinned hash"),
    (r"No space left on device", "no space is left on the device"),
)


class Unprepared(Exception):
    """The message is the whole sentence that a person needs."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Prepare, then become the command."""
    command, *rest = arguments
    try:
        with alone(CHECKOUT):
            prepare(CHECKOUT / ".venv", WANTED[command], log_file(os.environ, CHECKOUT))
    except (Unprepared, OSError) as error:
        sys.exit(f"script/{command}: {error}")
    python = str(CHECKOUT / ".venv/bin/python")
    os.execv(python, [python, "-m", *THEN[command], *rest])  # noqa: S606 - no shell is wanted


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold *folder* against other runs of this script until we and the pip that we started have ended, however."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.set_inheritable(descriptor, True)  # noqa: FBT003 - os has no other way to say it
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another run that is installing", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def log_file(environment: Mapping[str, str], checkout: Path) -> Path:
    """Return where pip's words go, which is where script/server keeps its logs too."""
    return Path(environment.get("DATA_DIR") or checkout / ".data") / "logs" / "install.log"


def prepare(venv: Path, files: Sequence[str], log: Path) -> None:
    """Make *venv* hold what *files* pin. Raises Unprepared."""
    stamp = venv / ".stamp"
    state = {"made": [str(venv), sys.implementation.cache_tag, platform.machine()]}
    wanted = {file: hashlib.sha256((CHECKOUT / file).read_bytes()).hexdigest() for file in files}
    have = read(stamp) if os.access(venv / "bin/python", os.X_OK) else {}
    if have.get("made") != state["made"]:
        have = {}
    if have and wanted.items() <= have.items():
        return
    if venv.is_symlink():  # what it leads to is somebody else's
        venv.unlink()
        have = {}
    stamp.unlink(missing_ok=True)
    make_folder(log)
    if not have:
        print(f"making .venv with Python {platform.python_version()}", flush=True)
        make(venv, log)
    install(venv, files, log)
    stamp.write_text(json.dumps(have | state | wanted))


def read(stamp: Path) -> dict[str, object]:
    """Return what *stamp* says; nothing when there is none."""
    return dict(json.loads(stamp.read_text())) if stamp.exists() else {}


def make_folder(log: Path) -> None:
    """Make the folder of *log*; as root its parent may be passed through, for the servers run as another user."""
    data = log.parent.parent
    if not data.is_dir():
        data.mkdir(parents=True)
        data.chmod(0o700 if os.geteuid() else 0o711)
    log.parent.mkdir(mode=0o700, exist_ok=True)


def make(venv: Path, log: Path) -> None:
    """Make *venv* from nothing."""
    with log.open("w") as output:
        command = [sys.executable, "-I", "-m", "venv", "--clear", str(venv)]
        if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, close_fds=False, check=False).returncode:
            raise Unprepared(f"cannot make {venv}: see {log}.")


def install(venv: Path, files: Sequence[str], log: Path) -> None:
    """Install what *files* pin into *venv*, wheels only, and show how far it is."""
    total = len({name for file in files for name in re.findall(r"(?m)^(\S+)==", (CHECKOUT / file).read_text())})
    print(f"installing {total} packages, which takes a minute the first time", flush=True)
    command = [str(venv / "bin/python"), "-I", "-m", "pip", "install", "--no-user", "--disable-pip-version-check"]
    options = ["--progress-bar", "off", "--no-input", "--only-binary", ":all:", "--require-hashes"]
    requirements = [word for file in files for word in ("-r", str(CHECKOUT / file))]
    with log.open("a") as copy:
        pip = subprocess.Popen(
            [*command, *options, *requirements],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            close_fds=False,
        )
        follow(pip.stdout or (), copy.write, total)
    if pip.wait():
        raise Unprepared(f"{reason(log.read_text())}; the whole story is in {log}.")


def follow(lines: Iterable[str], write: Callable[[str], object], total: int) -> None:
    """Hand each line on to *write*, and print a short one now and then."""
    seen = 0
    for line in lines:
        write(line)
        if line.startswith("Collecting "):
            seen += 1
            if seen % STEP == 0:
                print(f"  {seen} of {total}", flush=True)
        elif line.startswith("Installing collected packages"):
            print("  all found, putting them in place", flush=True)


def reason(story: str) -> str:
    """Return why pip failed, in one clause."""
    for pattern, clause in REASONS:
        if match := re.search(pattern, story):
            return clause.format(*match.groups())
    return "pip could not install the packages"


if __name__ == "__main__":
    main(sys.argv[1:])
