"""What is listed in one place is complete: jobs have tasks, errors have problems and a place in the drawn tree."""

import ast
import importlib
import re
from collections.abc import Iterator
from textwrap import indent

from celeryconfig import beat_schedule
from config.celery import QUEUES, ROUTES
from domain.availability.rules.model import Code
from domain.bookings.rules import NEXT
from domain.kernel import errors
from domain.kernel.actions import ACTIONS
from domain.kernel.errors import DomainError
from domain.kernel.plot import PLOT
from domain.notifications.rules import errors as notifications_errors
from domain.payments.rules import errors as payments_errors
from domain.webhooks.rules import errors as webhooks_errors
from tests.arch.source import MIGRATIONS, packaged
from web.problems import PROBLEMS
from workers.tasks import TASKS

BRANCH = re.compile(r"^(?P<indent>[│ ]*)[├└]── (?P<name>\w+)")
ROOT = re.compile(r"    (?P<name>\w+)")
STEP = 4


for each in packaged():
    if each.path.parts[0] == "domain" and not each.path.is_relative_to(MIGRATIONS.parent):
        importlib.import_module(".".join(each.path.with_suffix("").parts))  # an error that nobody has read has no kind


def descendants(kind: type[DomainError]) -> Iterator[tuple[type[DomainError], type[DomainError]]]:
    """Yield each error of ours, after the one that it is a kind of."""
    for child in kind.__subclasses__():
        if child.__module__.startswith("domain."):
            yield kind, child
            yield from descendants(child)


def drawn() -> set[tuple[str, str]]:
    """Collect the names in the drawings of the tree and of its rooms' parts, each after the one that it hangs from."""
    above = [DomainError.__name__]
    pairs = set()
    rooms = (notifications_errors, payments_errors, webhooks_errors)
    parts = (indent(str(room.__doc__), " " * STEP) for room in rooms)
    for line in "\n".join([str(errors.__doc__), *parts]).splitlines():
        if root := ROOT.fullmatch(line):
            above = [root["name"]]
        if branch := BRANCH.match(line):
            depth = len(branch["indent"]) // STEP
            above[depth:] = [branch["name"]]
            pairs.add((above[depth - 1], branch["name"]))
    return pairs


def words() -> set[str]:
    """Collect the string constants of production code, the table of problems left out."""
    trees = [module.tree for module in packaged() if module.path.as_posix() != "web/problems.py"]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_the_tree_of_errors_is_drawn_as_it_grows() -> None:
    assert drawn() == {(kind.__name__, child.__name__) for kind, child in descendants(DomainError)}


def test_every_error_is_a_problem_under_a_code_of_its_own() -> None:
    codes = [vars(kind)["code"] for _, kind in descendants(DomainError)]
    assert sorted(set(codes)) == sorted(codes)
    assert set(codes) <= PROBLEMS.keys()


def test_every_refusal_of_a_start_is_a_problem() -> None:
    assert {code.value for code in Code} <= PROBLEMS.keys()


def test_no_problem_is_listed_that_nothing_says() -> None:
    assert PROBLEMS.keys() - words() == set()


def test_every_job_of_the_plot_and_every_tick_of_beat_is_a_task() -> None:
    jobs = {job for following in PLOT.values() for job in following}
    ticks = {tick["task"] for tick in beat_schedule.values()}
    assert (jobs | ticks) - TASKS.keys() == set()


def test_every_status_that_a_booking_can_reach_is_an_event() -> None:
    reached = {status.value for following in NEXT.values() for status in following}
    assert {f"booking.{status}" for status in reached} - PLOT.keys() == set()


def test_every_event_of_what_people_set_up_is_an_action_of_the_audit_log_too() -> None:
    set_up = {
        kind for kind in PLOT if kind.partition(".")[0] not in {"booking", "payment", "refund", "dispute", "user"}
    }
    assert set_up - ACTIONS.keys() == set()


def test_every_task_is_named_by_its_file_and_function_and_has_a_queue() -> None:
    for name, task in TASKS.items():
        assert name == f"{task.__module__.removeprefix('workers.')}.{task.__name__}"
        assert ROUTES[f"{name.partition('.')[0]}.*"]["queue"] in QUEUES
