"""The pages under docs/ that repeat the code: the made ones are as the code would make them, the written ones leave nothing out."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from domain.bookings.queries.invariants import INVARIANTS
from domain.bookings.rules import NEXT
from domain.kernel.actions import ACTIONS
from domain.kernel.actors import Through
from domain.kernel.plot import PLOT
from domain.notifications.rules.notices import MessageState, Notice, Personal, Skip
from domain.payments.queries.invariants import INVARIANTS as OF_MONEY

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#]+)?(?:#([^)]+))?\)")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Load script/docs.py."""
    spec = importlib.util.spec_from_file_location("docs", ROOT / "script/docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_made_pages_are_as_script_docs_would_make_them(script: ModuleType) -> None:
    for place, text in script.pages().items():
        assert place.read_text(encoding="utf-8") == text, f"{place.name} is out of step: run script/docs"


def test_every_setting_says_what_it_means(script: ModuleType) -> None:
    silent = [name for name, field in script.Settings.model_fields.items() if not field.description]
    assert silent == []


def test_every_variable_of_the_procfile_says_what_it_means(script: ModuleType) -> None:
    assert {program.name for program in script.programs()} == set(script.OF_PROGRAMS)


def test_every_metric_that_a_page_speaks_of_is_there() -> None:
    listed = set(re.findall(r"^\| `(aionbooking_\w+)`", (DOCS / "reference/metrics.md").read_text(), re.MULTILINE))
    listed |= {f"{name}_bucket" for name in listed if name.endswith("_duration_seconds")}
    spoken_of = {name for page in PAGES for name in re.findall(r"\baionbooking_\w+", page.read_text())}
    assert spoken_of - listed == set()


def test_the_page_of_states_shows_every_move_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", (DOCS / "reference/booking-states.md").read_text(), re.MULTILINE)
    assert set(rows) == {(before.value, after.value) for before, moves in NEXT.items() for after in moves}


def test_the_diagram_of_states_shows_every_move_and_no_other() -> None:
    arrows = re.findall(r"^    (\w+) --> (\w+)", (DOCS / "reference/booking-states.md").read_text(), re.MULTILINE)
    assert set(arrows) == {(before.value, after.value) for before, moves in NEXT.items() for after in moves}


def test_the_page_of_events_lists_every_kind_with_its_jobs() -> None:
    rows = re.findall(r"^\| `(\w+\.\w+)` \|.*\| ([^|]*) \|$", (DOCS / "reference/events.md").read_text(), re.MULTILINE)
    listed = {kind: tuple(re.findall(r"`([^`]+)`", jobs)) for kind, jobs in rows}
    assert listed == dict(PLOT)


def test_the_page_of_messages_lists_every_kind_state_and_reason() -> None:
    page = (DOCS / "reference/notifications.md").read_text()
    for words in (Notice, Personal, MessageState, Skip):
        assert [each.value for each in words if f"`{each.value}`" not in page] == []


def test_the_page_of_invariants_lists_every_one() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", (DOCS / "reference/invariants.md").read_text(), re.MULTILINE)
    assert listed == [*INVARIANTS, *OF_MONEY]


def test_the_page_of_the_audit_log_lists_every_action() -> None:
    page = (DOCS / "reference/audit.md").read_text()
    assert [each for each in ACTIONS if f"`{each}`" not in page] == []
    assert [each for each in Through if f"| `{each}` |" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_pages_leads_somewhere(page: Path) -> None:
    for path, heading in LINK.findall(page.read_text()):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {path}"
        assert not heading or heading in _headings(target), f"{page.name} links to {path}#{heading}"


def _headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
