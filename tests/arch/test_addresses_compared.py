"""Addresses are compared in one way: by domain/kernel/addresses.py, and by nothing that asks a language what is small."""

import re

import pytest

from tests.arch.source import PACKAGES, ROOT

OTHERWISE = re.compile(
    r"(?:email|address)\)?\.(?:lower|casefold|upper)\(|\b(?:lower|upper)\([^()]*(?:email|address)\b(?! COLLATE)"
)
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
APART = re.compile(r"domain/kernel/addresses\.py|migrations/versions/00(0\d|1\d|2[0-4])_")


@pytest.mark.parametrize(
    "line",
    [
        "if user.email.lower() == email:",
        "func.lower(User.email)",
        "text('lower(address)')",
        "func.lower(other.address) == 1",
    ],
)
def test_what_is_looked_for_would_be_found(line: str) -> None:
    assert OTHERWISE.search(line)


def test_nothing_else_says_what_an_address_is_in_small_letters() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in SOURCES
        if not APART.search(path.as_posix())
        for line in path.read_text(encoding="utf-8").splitlines()
        if OTHERWISE.search(line)
    ]
    assert found == []
