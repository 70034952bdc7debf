"""The rooms of the house: the same few shelves in each, and the import rules know them all."""

import tomllib
from pathlib import Path

import pytest

from config.settings import ROOT

DOMAIN = ROOT / "domain"
SHELVES = {"rules", "tables", "queries", "service", "gateway"}
ROOMS = sorted(folder.name for folder in DOMAIN.iterdir() if folder.is_dir() and (folder / "__init__.py").exists())
FEATURES = sorted(set(ROOMS) - {"kernel"})
TOP = {"web", "workers", "domain", "config", "tests", "script", "docs", "requirements", ".ci"}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def python_in(folder: Path) -> set[str]:
    return {file.stem for file in folder.iterdir() if file.suffix == ".py" or (file / "__init__.py").exists()}


@pytest.mark.parametrize("room", FEATURES)
def test_a_room_has_the_shelves_of_every_room(room: str) -> None:
    assert python_in(DOMAIN / room) - {"__init__"} <= SHELVES


@pytest.mark.parametrize("room", FEATURES)
def test_the_order_of_shelves_is_linted_in(room: str) -> None:
    (contract,) = (each for each in CONTRACTS if each["name"].startswith("the shelves of a room"))
    assert f"domain.{room}" in contract["containers"]


def test_code_lives_in_the_four_packages() -> None:
    holders = {file.relative_to(ROOT).parts[0] for file in ROOT.glob("*/**/*.py")}
    assert {name for name in holders if not name.startswith(".") and name != "node_modules"} <= TOP


def test_the_top_of_the_tree_holds_settings_of_celery_alone() -> None:
    assert [file.name for file in ROOT.glob("*.py")] == ["celeryconfig.py"]


def test_the_migrations_know_every_table() -> None:
    tables = {f"{room}.tables" for room in FEATURES if "tables" in python_in(DOMAIN / room)}
    environment = (DOMAIN / "migrations/env.py").read_text()
    assert [table for table in sorted(tables) if f'"{table}"' not in environment] == []
