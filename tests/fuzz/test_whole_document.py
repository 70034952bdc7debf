"""Whatever the OpenAPI document lets one ask, and what it does not: answered as it says, and never with a 5xx.

Every operation is asked as the owner of a business who is an operator too, with the ids of what is really there mixed
into what is made up; few times, or with `-m "fuzz and long"` many.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import update

from config.transaction import transaction
from domain.accounts.rules import Claims
from domain.accounts.tables import User
from domain.kernel.ids import Kind, shown
from tests.builders import a_booking, a_shop, decide, weekday
from web.app import create_app
from web.auth import access_token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = pytest.mark.parametrize("examples", [10, pytest.param(500, marks=pytest.mark.long)])
MODES = pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])

DOCUMENT = schemathesis.openapi.from_wsgi("/api/openapi.json", create_app())
OPERATIONS = [found.ok() for found in DOCUMENT.get_all_operations()]


class World:
    """What is there to be asked about, and the header of who asks."""

    def __init__(self) -> None:
        shop = a_shop(max_advance_days=400)
        with transaction() as session:
            session.execute(update(User).where(User.id == shop.owner.user_id).values(is_operator=True))
        bookings = [a_booking(shop, weekday(ahead=4 * number)) for number in range(1, 4)]
        decide(shop)
        bookings.append(a_booking(shop, weekday(ahead=20)))
        self.ids: Mapping[str, Sequence[str]] = {
            "booking_id": [shown(Kind.BOOKING, each.id) for each in bookings],
            "business_id": [shown(Kind.BUSINESS, shop.business.id)],
            "service_id": [shown(Kind.SERVICE, shop.service.id)],
            "resource_id": [shown(Kind.RESOURCE, each) for each in shop.resource_ids],
            "user_id": [shown(Kind.USER, shop.owner.user_id)],
            "slug": [shop.business.slug],
            "starts_at": [weekday(ahead=30).isoformat()],
            **{name: [weekday(ahead=30).date().isoformat()] for name in ("date", "from", "to")},
            "timezone": ["Africa/Lagos"],
            "currency": ["NGN"],
        }
        with DOCUMENT.app.app_context():
            claims = Claims(user_id=shop.owner.user_id, session_id=shop.owner.session_id)
            self.headers = {"Authorization": f"Bearer {access_token(claims)}"}

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


@pytest.fixture
def world() -> World:
    """Make a world of its own for every operation: one of them signs out."""
    return World()


@pytest.mark.fuzz
@EXAMPLES
@MODES
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_documented(
    world: World, operation: APIOperation, mode: GenerationMode, examples: int
) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode), chance=st.data())
    def ask(case: Case, chance: st.DataObject) -> None:
        case.path_parameters = world.mixed(case.path_parameters, chance)
        case.query = world.mixed(case.query, chance)
        case.body = world.mixed(chance.draw(st.sampled_from([case.body, *_examples(operation)])), chance)
        case.call_and_validate(headers=world.headers, checks=CHECKS)

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
