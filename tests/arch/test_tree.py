"""The tree as strangers get it: programs that start, and pins that name no place to fetch from."""

import json
import os
from pathlib import Path

import pytest

from config.settings import ROOT

PROGRAMS = ("script/server", "script/test", "script/prepare", "script/upgrade", ".ci/run")
PINS = [ROOT / "requirements.txt", *sorted(ROOT.glob("requirements/*.txt"))]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_can_be_started_and_says_how(program: str) -> None:
    file = ROOT / program
    assert os.access(file, os.X_OK)
    first, second, *_ = file.read_text().splitlines()
    assert first.startswith("#!")
    assert "Usage: " in second


@pytest.mark.parametrize("file", PINS, ids=lambda file: file.name)
def test_a_requirement_is_pinned_with_hashes_and_without_a_place(file: Path) -> None:
    text = file.read_text()
    assert "://" not in text
    pins = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert pins
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []


def test_the_judges_of_the_document_are_pinned_without_a_place() -> None:
    lock = json.loads((ROOT / ".ci/package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package or "integrity" not in package] == []
    wanted = json.loads((ROOT / ".ci/package.json").read_text())["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_licence_is_the_one_that_the_document_names() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
