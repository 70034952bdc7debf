"""What one operation makes, asked about by others: along the links of the document, and never answered with a 5xx.

Each run is a chain of requests in which the ids are those that earlier answers gave; what was deleted is not there
any more, and what was made is.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import Case
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import ensure_resource_availability, use_after_free

from tests.everything import Everything
from tests.fuzz.document import AS_DOCUMENTED, DOCUMENT
from web.api import payments

CHECKS = [*AS_DOCUMENTED, use_after_free, ensure_resource_availability]
CHAINS = pytest.mark.parametrize("chains", [8, pytest.param(1000, marks=pytest.mark.long)])


ROUNDS = 6


@pytest.mark.fuzz
@CHAINS
def test_what_was_made_is_there_until_it_is_taken_away(chains: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "WAIT", 0)
    answered: list[tuple[int, bool]] = []

    class Chain(DOCUMENT.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            """Begin in a world of its own: what is left by other chains would decide how this one goes on."""
            there = Everything(DOCUMENT.app).complete()
            self.signed = there.headers("owner") | {"If-Match": "*"}
            self.known = {name: ids[0] for name, ids in there.ids.items()}

        def before_call(self, case: Case) -> None:
            if isinstance(case.body, dict):
                case.body = {name: self.known.get(name, value) for name, value in case.body.items()}
            if "wait" in (case.query or {}):
                case.query = {**case.query, "wait": 0}  # nobody decides here what is waited for

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:  # noqa: ARG002 - the library's signature
            return {"headers": self.signed}

        def validate_response(self, response: Response, case: Case, **more: Any) -> None:  # noqa: ANN401, ARG002 - as the library's
            case.validate_response(response, checks=CHECKS, headers=self.signed)
            answered.append((response.status_code, case.path_parameters != {}))

    asked = settings(
        max_examples=chains,
        stateful_step_count=12,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for _ in range(
        ROUNDS
    ):  # few chains of many operations may all miss what was made: more are drawn until one does not
        run_state_machine_as_test(Chain, settings=asked)
        if any(follows and status < 300 for status, follows in answered):
            return
    pytest.fail("no link leads anywhere")
