"""What operators learn about bookings to come, once a country has changed its clocks."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import transaction
from config.settings import ROOT
from config.transaction import DatabaseAway
from domain.bookings.service.request import TZDATA
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_reschedule, a_shop, decide, look, weekday
from tests.db.moves import change
from tests.zonefiles import compiled, install
from web import booking_commands

START = weekday()  # 14:00 in Lagos
HOUR = timedelta(hours=1)
BEFORE = "2020.1"
NEXT = "9999.1"


def run(app: Flask, shop: Shop, *words: str) -> tuple[int, str, str]:
    asked = ["bookings", "check-timezones", "--business", shop.business.slug, *words]
    outcome = app.test_cli_runner().invoke(args=asked)
    return outcome.exit_code, outcome.stdout, outcome.stderr


def lines(app: Flask, shop: Shop) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in run(app, shop, "--json")[1].splitlines()]


def retold(shop: Shop, start: datetime, told: datetime, **more: Any) -> Booking:  # noqa: ANN401
    """Book a start of which another wall time of Lagos was told, by rules that are no more."""
    booking = a_booking(shop, start, **more)
    decide(shop)
    local = f"{told.astimezone(UTC) + HOUR:%Y-%m-%dT%H:%M:%S}"
    change(booking, local_start=local, tzdata_version=BEFORE)
    return booking


@pytest.fixture
def shop() -> Shop:
    return a_shop()


def test_nothing_is_listed_where_nothing_moves(app: Flask, shop: Shop) -> None:
    sentence = f"written with another tz database than {TZDATA}. All are at the wall time that was told.\n"
    assert run(app, shop) == (0, f"Checked: 0 to come, {sentence}", "")
    retold(shop, START, START)
    assert run(app, shop) == (0, f"Checked: 1 to come, {sentence}", "")
    assert run(app, shop, "--json") == (0, "", "")


def test_a_line_of_json_says_all_that_is_known(app: Flask, shop: Shop) -> None:
    booking = retold(shop, START, START + HOUR)
    other = a_booking(shop, START + HOUR)
    decide(shop)
    day = START.date()

    status, listed, _ = run(app, shop, "--json")

    assert (status, json.loads(listed)) == (
        1,
        {
            "booking_id": shown(Kind.BOOKING, booking.id),
            "reschedule_id": None,
            "business_id": shown(Kind.BUSINESS, shop.business.id),
            "business": shop.business.slug,
            "service_id": shown(Kind.SERVICE, shop.service.id),
            "status": "confirmed",
            "overrides": [],
            "timezone": "Africa/Lagos",
            "tzdata_version": BEFORE,
            "told": f"{day}T15:00:00",
            "if_left": {"starts_at": f"{day}T14:00:00+01:00", "outside_hours": False},
            "if_moved": {
                "starts_at": f"{day}T15:00:00+01:00",
                "shift_minutes": 60,
                "passes": [f"{day}T15:00:00+01:00"],
                "in_the_past": False,
                "outside_hours": False,
                "in_time_off": False,
                "meets": [shown(Kind.BOOKING, other.id)],
            },
        },
    )


def test_a_place_that_is_wished_for_is_undecided(app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    booking = a_booking(shop, START)
    decide(shop)
    row = a_reschedule(booking, START + HOUR, by=shop.owner)
    change(row, local_start=f"{START.date()}T15:30:00", tzdata_version=BEFORE)

    (found,) = lines(app, shop)

    assert (found["booking_id"], found["reschedule_id"]) == (
        shown(Kind.BOOKING, booking.id),
        shown(Kind.RESCHEDULE, row.id),
    )
    assert found["if_left"]["outside_hours"] is found["if_moved"]["meets"] is found["if_moved"]["in_time_off"] is None
    assert re.search(r"\+30 min +undecided +undecided *\n *\(wished\)", run(app, shop)[1])


def test_a_table_says_it_to_people(app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    first = retold(shop, START, START + HOUR)
    second = retold(shop, START + 2 * HOUR, START + 4 * HOUR)
    other = a_booking(shop, START + HOUR)
    decide(shop)

    status, printed, _ = run(app, shop)

    day = START.date()
    heading, columns, *rows, summary, against = [line.strip() for line in printed.splitlines() if line.strip()]
    assert (status, heading) == (1, f"{shop.business.slug}, Africa/Lagos: 2")
    assert columns.split() == ["booking", "told", "clocks", "show", "shift", "if", "moved", "if", "left"]
    assert [" ".join(row.split()) for row in rows] == [
        f"{shown(Kind.BOOKING, first.id)} {day} 15:00 {day} 14:00 +60 min meets {shown(Kind.BOOKING, other.id)} fits",
        f"{shown(Kind.BOOKING, second.id)} {day} 18:00 {day} 16:00 +120 min outside hours fits",
    ]
    assert summary == (
        f"Checked: 2 to come, written with another tz database than {TZDATA}. Not at the wall time that was told: 2."
    )
    assert against == "If all of these were moved to it: 1 meeting others, 1 outside hours."


def test_a_narrow_table_leaves_nothing_out(app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    booking = retold(shop, START, START + HOUR)

    printed = run(app, shop)[1]

    assert shown(Kind.BOOKING, booking.id) in printed
    assert "+60 min" in printed
    assert "…" not in printed
    assert f"{START:%F}" in printed


def test_a_table_is_as_long_as_one_likes(app: Flask, shop: Shop) -> None:
    for hours in range(3):
        retold(shop, START + hours * HOUR, START)
    printed = run(app, shop, "--limit", "1")[1]
    assert len(re.findall(r"^bkg_", printed, re.MULTILINE)) == 1
    assert "and 1 more; --json lists all" in printed
    assert len(lines(app, shop)) == 2
    assert run(app, shop, "--limit", "0")[0] == 2


def test_hours_that_were_waived_are_not_held_against_it(app: Flask, shop: Shop) -> None:
    retold(shop, START + 5 * HOUR, START + 6 * HOUR, overrides=("hours",))
    (found,) = lines(app, shop)
    assert (found["overrides"], found["if_left"]["outside_hours"]) == (["hours"], True)
    assert "outside hours" not in run(app, shop)[1]


def test_what_cannot_be_found_out_is_told_by_the_status(
    app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = app.test_cli_runner().invoke(args=["bookings", "check-timezones", "--business", "nobody-s"])
    assert (outcome.exit_code, outcome.stderr) == (2, "Error: There is no business nobody-s.\n")

    change(retold(shop, START, START), timezone="Africa/Atlantis")
    status, _, warned = run(app, shop)
    assert (status, warned) == (
        2,
        "The installed tz database has no Africa/Atlantis: 1 to come could not be checked.\n",
    )
    retold(shop, START + HOUR, START)
    assert run(app, shop)[0] == 1

    def away() -> None:
        raise DatabaseAway("no connection")

    monkeypatch.setattr(transaction, "engine", away)
    monkeypatch.setattr(booking_commands, "reading", transaction.reading)
    assert run(app, shop)[::2] == (2, "Error: The database cannot be asked: no connection\n")


class Upgraded:
    """Programs of ours with a tz database of another version."""

    def __init__(self, folder: Path, zones: Mapping[str, bytes]) -> None:
        self._environment = install(folder, NEXT, zones)

    def check(self, shop: Shop, *words: str) -> tuple[int, str]:
        """Run the command for a shop; return its status and what it printed."""
        command = [sys.executable, "-m", "flask", "--app", "web.app", "bookings", "check-timezones", *words]
        command += ["--business", shown(Kind.BUSINESS, shop.business.id)]
        answer = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert answer.stderr == ""
        return answer.returncode, answer.stdout


def test_after_an_upgrade_of_the_tz_database(shop: Shop, tmp_path: Path) -> None:
    """Let Nigeria have summer time from the one day at 14:00 to the next working day at 15:00, at short notice."""
    ends = START + timedelta(days=1 if START.weekday() < 4 else 3)
    asked = [START - HOUR, START, START + HOUR, START + timedelta(hours=2, minutes=30)]
    asked += [ends - 4 * HOUR, ends, ends + HOUR]
    bookings = {f"{each + HOUR:%F %H:%M}": a_booking(shop, each) for each in asked}
    decide(shop)

    same = Upgraded(tmp_path / "same", {})
    summer = Upgraded(tmp_path / "summer", {"Africa/Lagos": compiled(60, [(START, 120), (ends, 60)])})

    assert same.check(shop, "--json") == (0, "")
    status, listed = summer.check(shop, "--json")
    found = {line["told"][:-3].replace("T", " "): line for line in map(json.loads, listed.splitlines())}
    day, last = f"{START:%F}", f"{ends:%F}"
    moved = {told: (line["if_left"]["starts_at"], line["if_moved"]) for told, line in found.items()}
    assert status == 1
    assert {told: (left, then["starts_at"], then["shift_minutes"]) for told, (left, then) in moved.items()} == {
        # Skipped: there is nowhere to move to.
        f"{day} 14:00": (f"{day}T15:00:00+02:00", f"{day}T15:00:00+02:00", 0),
        f"{day} 15:00": (f"{day}T16:00:00+02:00", f"{day}T15:00:00+02:00", -60),
        f"{day} 16:30": (f"{day}T17:30:00+02:00", f"{day}T16:30:00+02:00", -60),
        # What is told as 14:00 on the last day comes twice, and is already the second.
        f"{last} 10:00": (f"{last}T11:00:00+02:00", f"{last}T10:00:00+02:00", -60),
    }
    assert found[f"{day} 15:00"]["if_moved"]["meets"] == [shown(Kind.BOOKING, bookings[f"{day} 14:00"].id)]
    assert [told for told, line in found.items() if line["if_left"]["outside_hours"]] == [f"{day} 16:30"]
    status, printed = summer.check(shop)
    assert (status, printed.splitlines()[-1]) == (
        1,
        "If all of these were moved to it: 2 meeting others, 1 skipped by clocks.",
    )
    assert {look(each, by=shop.owner).version for each in bookings.values()} == {2}
