"""The Procfile, and the supervisor that keeps its programs alive."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.celery import QUEUES
from config.local import orphans, processes
from config.local.places import Place, place_at
from config.local.processes import members, started
from config.local.procfile import Program, commands
from config.local.supervisor import FIRST_DELAY, LONGEST_DELAY, WELL_SECONDS, Supervisor, Watch
from config.local.terminal import Refused

ROOT = Path(__file__).resolve().parents[2]
FAMILY = "sleep 300 & exec sleep 300"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return place_at(tmp_path / "data")


@pytest.fixture
def family(place: Place, tmp_path: Path) -> Iterator[Program]:
    program = Program("family", FAMILY, place, tmp_path, os.environ)
    program.start()
    until(lambda: names(program) == ["sleep", "sleep"])  # before that either is a shell for a moment
    yield program
    program.kill()


def names(program: Program) -> list[str]:
    assert program.process
    return [each.name for each in processes.living() if each.group == program.process.pid]


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def test_our_procfile_names_the_four_programs() -> None:
    assert list(commands((ROOT / "Procfile").read_text())) == ["web", "worker", "outside", "beat"]


def test_each_queue_has_one_kind_of_worker_and_what_calls_others_holds_up_no_booking() -> None:
    programs = commands((ROOT / "Procfile").read_text())
    queues = {name: re.findall(r"--queues (\S+)", command) for name, command in programs.items()}
    read = {name: found[0].split(",") for name, found in queues.items() if found}
    assert sorted(queue for each in read.values() for queue in each) == sorted(QUEUES)
    assert read["worker"] == ["allocation", "maintenance"]


def test_comments_and_colons_in_commands_are_no_trouble() -> None:
    assert commands("# ours\n\nweb: serve a:b\n") == {"web": "serve a:b"}


@pytest.mark.parametrize("text", ["web serve", "web:", "web: one\nweb: two", ": serve"])
def test_a_line_that_is_no_program_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="the Procfile has a line"):
        commands(text)


def test_a_killed_run_leaves_nothing_that_the_next_one_does_not_end(place: Place, family: Program) -> None:
    assert orphans.end_all(place.run) == ["family"]
    assert not family.runs()
    assert orphans.end_all(place.run) == []


def test_children_whose_leader_was_killed_are_found_and_ended(place: Place, family: Program) -> None:
    assert family.process
    family.process.kill()
    family.process.wait()
    assert len(orphans.group(place.run, "family")) == 1
    assert orphans.end_group(place.run, "family")
    assert not orphans.group(place.run, "family")


def test_a_recycled_pid_is_left_alone(place: Place, tmp_path: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "300"], start_new_session=True) as stranger:
        orphans.record(place.run, "web", stranger.pid, tmp_path)
        file = place.run / "web.group"
        file.write_text(file.read_text().replace(started(stranger.pid), "long ago"))
        assert orphans.end_all(place.run) == []
        assert stranger.poll() is None
        stranger.kill()


def test_strangers_in_a_group_without_leader_are_left_alone(family: Program) -> None:
    assert family.process
    family.process.kill()
    family.process.wait()
    assert members(family.process.pid, "whenever", Path("/")) == []
    assert len(members(family.process.pid, "whenever", family.checkout)) == 1


def test_stopping_leaves_no_process_even_of_programs_that_will_not_stop(place: Place, tmp_path: Path) -> None:
    stubborn = Program("stubborn", "trap '' TERM; while :; do sleep 0.1; done", place, tmp_path, os.environ)
    supervisor = Supervisor([], [stubborn])
    supervisor.start()
    group = orphans.group(place.run, "stubborn")
    supervisor.stop(hurried=lambda: True)
    assert group
    assert not stubborn.runs()
    assert not members(group[0], "whenever", tmp_path)


def test_what_a_program_says_is_in_its_log(place: Place, tmp_path: Path) -> None:
    program = Program("talker", "echo out; echo err >&2", place, tmp_path, os.environ)
    program.start()
    until(lambda: not program.runs())
    assert program.log.read_text() == "out\nerr\n"


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps here")
def test_ps_tells_the_same_where_there_is_no_proc(family: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert family.process
    group = family.process.pid
    by_proc = {(process.pid, process.name) for process in processes.living() if process.group == group}
    monkeypatch.setattr(processes, "PROC", Path("/nowhere"))
    by_ps = {(process.pid, process.name) for process in processes.living() if process.group == group}
    assert by_ps == by_proc
    assert len(members(group, started(group), Path("/"))) == 2


class Mortal:
    """Dies each time it is started."""

    name = "mortal"

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        """Live and die."""
        self.starts += 1
        self.process = subprocess.Popen([sys.executable, "-c", ""])
        self.process.wait()


def test_delays_double_to_a_limit_and_a_long_life_is_forgiven(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    mortal = Mortal()
    mortal.start()
    watch = Watch(mortal, clock=lambda: now[0])
    delays = []
    for _ in range(8):
        watch.tend()
        assert watch.due is not None
        delays.append(watch.due - now[0])
        now[0] = watch.due
        watch.tend()
    assert delays == [min(LONGEST_DELAY, FIRST_DELAY * 2**death) for death in range(8)]
    assert mortal.starts == 9
    now[0] += WELL_SECONDS
    watch.tend()
    assert watch.due == now[0] + FIRST_DELAY
    assert "mortal: ended by exit 0; starts again in 0.5 s" in capsys.readouterr().out
