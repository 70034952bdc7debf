"""Folders, secrets and the lock of a local installation."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.local import places
from config.local.keys import kept
from config.local.locks import only_run
from config.local.places import User, place_at
from config.local.terminal import Refused

ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as somebody else")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_long_kept_and_ours_alone(tmp_path: Path) -> None:
    secret = kept(tmp_path / "key")
    assert len(secret.encode()) >= 32
    assert kept(tmp_path / "key") == secret
    assert mode(tmp_path / "key") == 0o600


def test_a_secret_half_written_by_a_killed_run_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "key.new").write_text("hal")
    assert len(kept(tmp_path / "key")) > 32


def test_folders_that_exist_keep_their_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    (tmp_path / "data").mkdir(0o700)
    place_at(tmp_path / "data")
    assert (mode(tmp_path), mode(tmp_path / "data")) == (0o750, 0o700)


def test_secrets_and_logs_are_for_ourselves(tmp_path: Path) -> None:
    place = place_at(tmp_path / "data")
    assert {mode(folder) for folder in (place.logs, place.run, place.keys)} == {0o700}


def test_a_data_folder_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match=r"^cannot keep data in .*/file/data: Not a directory\. Set DATA_DIR"):
        place_at(tmp_path / "file" / "data")


@as_root
def test_servers_move_out_of_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SYSTEM", Path(f"/tmp/aionbooking-system-{os.getpid()}"))  # noqa: S108 - passable, unlike tmp_path
    private = tmp_path / "private"
    private.mkdir(0o700)
    place = place_at(private / "data")
    try:
        assert place.home.parent == places.SYSTEM
        assert place.user
        assert place.user.can_enter(place.home)
        assert mode(private) == 0o700
    finally:
        place.remove()
        places.SYSTEM.rmdir()


@as_root
def test_the_system_itself_says_who_may_enter(tmp_path: Path) -> None:
    nobody = User(65534, 65534)
    (tmp_path / "closed").mkdir(0o700)
    assert not nobody.can_enter(tmp_path / "closed")
    assert nobody.can_enter(Path("/"))


def test_a_second_run_on_the_same_data_is_refused_and_learns_where_the_first_answers(tmp_path: Path) -> None:
    with only_run(tmp_path) as file:
        file.write_text("process 7, http://127.0.0.1:8000")
        with (
            pytest.raises(Refused, match=r"running already on .* \(process 7, http://127.0.0.1:8000\)"),
            only_run(tmp_path),
        ):
            pytest.fail("two at once")
    with only_run(tmp_path):
        pass


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys, pathlib\n"
        "from config.local.locks import only_run\n"
        "with only_run(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, tmp_path], cwd=ROOT, check=False)
    assert killed.returncode == -9
    with only_run(tmp_path):
        pass
