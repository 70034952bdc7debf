"""Whatever the OpenAPI document lets one ask, and what it does not: answered as it says, and never with a 5xx.

Every operation is asked as the owner of a business who is an operator too: once so that it can be done, then with the
ids of what is really there mixed into what is made up; few times, or with `-m "fuzz and long"` many.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation
from sqlalchemy import update

from config.transaction import transaction
from domain.accounts.tables import User
from tests.asking import BODIES, PATHS, QUERIES, spoils
from tests.builders import weekday
from tests.everything import Everything
from tests.fuzz.document import AS_DOCUMENTED, DOCUMENT
from web.api import payments

EXAMPLES = pytest.mark.parametrize("examples", [8, pytest.param(500, marks=pytest.mark.long)])

AS_CUSTOMER = {"PUT /api/bookings/{booking_id}/reminders"}
"""What the owner may not do for a customer."""

OPERATIONS = [found.ok() for found in DOCUMENT.get_all_operations()]


class World:
    """What is there to be asked about, and the headers of who asks."""

    def __init__(self) -> None:
        self.there = there = operated().complete()
        self.ids: Mapping[str, Sequence[str]] = {
            **there.ids,
            "starts_at": [weekday(ahead=30).isoformat()],
            **{name: [weekday(ahead=30).date().isoformat()] for name in ("date", "from", "to")},
            "timezone": ["Africa/Lagos"],
            "currency": ["NGN"],
        }
        self.headers = there.headers("owner")

    def mix(self, case: Case, chance: st.DataObject) -> None:
        """Put real things here and there in place of made-up ones, and an If-Match that holds."""
        case.path_parameters = self.mixed(case.path_parameters, chance)
        case.query = self.mixed(case.query, chance)
        case.body = self.mixed(chance.draw(st.sampled_from([case.body, *_examples(case.operation)])), chance)
        if chance.draw(st.booleans()):
            case.headers = {**(case.headers or {}), "If-Match": "*"}

    def mixed(self, part: Any, chance: st.DataObject) -> Any:  # noqa: ANN401 - whatever was made up
        """Return *part* of a request with real things here and there in place of made-up ones."""
        if not isinstance(part, dict):
            return part
        return {name: self._real(name, value, chance) for name, value in part.items()}

    def _real(self, name: str, value: Any, chance: st.DataObject) -> Any:  # noqa: ANN401 - whatever was made up
        if name == "wait" and isinstance(value, int):
            return min(value, 1)  # nobody decides here what is waited for
        known = self.ids.get(name)
        return chance.draw(st.sampled_from([*known, value])) if known else value


def operated() -> Everything:
    """Return a world whose owner is an operator."""
    there = Everything(DOCUMENT.app)
    with transaction() as session:
        mine = User.id == there.shop.owner.user_id
        session.execute(update(User).where(mine).values(is_operator=True))
    return there


def done(there: Everything, operation: APIOperation) -> int:
    """Ask for what can be done; return the status."""
    name = operation.label
    with_body = {"body": BODIES[name](there), "media_type": "application/json"} if name in BODIES else {}
    other = PATHS[name](there) if name in PATHS else {}
    case = operation.Case(
        path_parameters={each: other.get(each) or there.ids[each][0] for each in re.findall(r"{(\w+)}", name)},
        query=QUERIES[name](there) if name in QUERIES else {},
        headers={"If-Match": "*"},
        **with_body,
    )
    if name in AS_CUSTOMER:
        there.proven("customer")
    headers = there.headers("customer" if name in AS_CUSTOMER else "owner")
    return case.call_and_validate(headers=headers, checks=AS_DOCUMENTED).status_code


@cache
def looked_at() -> World:
    """Return a world in which nothing is ever changed."""
    return World()


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no worker here that would make a payment possible."""
    monkeypatch.setattr(payments, "WAIT", 0)


@pytest.mark.fuzz
@EXAMPLES
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_operation_can_be_done_and_answers_as_documented(operation: APIOperation, examples: int) -> None:
    world = looked_at() if operation.method == "get" else World()
    there = operated() if spoils(operation.label) else world.there
    assert done(there, operation) < 300, "nothing but the parser would be met"

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)), chance=st.data())
    def ask(case: Case, chance: st.DataObject) -> None:
        world.mix(case, chance)
        case.call_and_validate(headers=world.headers, checks=AS_DOCUMENTED)

    ask()


def _examples(operation: APIOperation) -> Sequence[Any]:
    """Return the bodies that the document gives as examples, so that more than the parser is reached."""
    body = operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
    found: Sequence[Any] = DOCUMENT.raw_schema["components"]["schemas"].get(name, {}).get("examples", [])
    return found


def test_every_operation_is_asked() -> None:
    documented = {
        f"{method.upper()} {path}" for path, methods in DOCUMENT.raw_schema["paths"].items() for method in methods
    }
    assert {operation.label for operation in OPERATIONS} == documented
