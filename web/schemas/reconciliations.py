"""Shapes of comparisons with what providers list."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.kernel.ids import Kind, shown
from domain.payments.tables import ProviderReconciliation
from web.answers import View
from web.fields import BusinessId, PaymentId, ReconciliationId
from web.moments import Instant, Second
from web.parsing import Query, Schema

LONGEST = timedelta(days=31)
MARCH: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "since": "2026-03-01T00:00:00+01:00",
    "until": "2026-04-01T00:00:00+01:00",
}


class ReconciliationRequest(Schema):
    """Which payments are to be compared."""

    model_config = ConfigDict(json_schema_extra={"examples": [MARCH]})

    business_id: BusinessId
    since: Annotated[Second, Field(description="Payments that were made possible from then on")]
    until: Annotated[Second, Field(description="And before then; at most 31 days later")]

    @model_validator(mode="after")
    def _some_days(self) -> Self:
        if not self.since < self.until <= self.since + LONGEST:
            raise PydanticCustomError("invalid", "`until` should be after `since`, and at most 31 days later")
        return self


class ReconciliationQuery(Query):
    """Whose comparison."""

    business_id: BusinessId
    since: Annotated[Second | None, Field(description="The last one that begins just there")] = None
    until: Annotated[Second | None, Field(description="The last one that ends just there")] = None


class DifferenceView(View):
    """A payment that its provider tells otherwise."""

    payment_id: PaymentId
    provider_ref: Annotated[str, Field(description="The provider's name of it")]
    kind: Annotated[
        Literal["missing_here", "missing_there", "state", "amount"],
        Field(description="`missing_here`: by this name it is not known here, `missing_there`: not at the provider"),
    ]
    ours: Annotated[str | None, Field(description="Its state here; of `amount`: what was asked for, or came")]
    theirs: Annotated[str | None, Field(description="The same at the provider")]
    repair: Annotated[
        str | None, Field(description="The call that has it looked at once more; None: a person has to look into it")
    ]

    @classmethod
    def of(cls, found: dict[str, Any]) -> "DifferenceView":
        """Show a difference."""
        payment_id = UUID(found["payment_id"])
        repair = f"GET /api/payments/{shown(Kind.PAYMENT, payment_id)}?refresh=true"
        own = {name: found[name] for name in ("provider_ref", "kind", "ours", "theirs")}
        return cls.model_validate(
            own | {"payment_id": payment_id, "repair": repair if found["is_repairable"] else None}
        )


class ReconciliationView(View):
    """A comparison of a business's payments with what its providers list."""

    id: ReconciliationId
    object: Literal["reconciliation"] = "reconciliation"
    business_id: BusinessId
    since: Instant
    until: Instant
    state: Literal["running", "done", "failed"]
    failure_code: Annotated[
        str | None, Field(description="`too_much`: ask for a shorter time; `given_up`: ask again; else the provider's")
    ]
    differences: list[DifferenceView]
    created_at: Instant
    finished_at: Instant | None

    @classmethod
    def of(cls, row: ProviderReconciliation) -> "ReconciliationView":
        """Show a row."""
        own = {name: getattr(row, name) for name in cls.model_fields if name != "differences" and hasattr(row, name)}
        return cls.model_validate(own | {"differences": [DifferenceView.of(each) for each in row.differences]})
