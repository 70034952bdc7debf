"""Shapes of reschedules."""

from typing import Annotated

from pydantic import ConfigDict, Field

from domain.bookings.rules import Another
from web.schemas.starts import StartRequest, Waivable


class RescheduleRequest(StartRequest):
    """Another start for a booking; on the resources that were asked for before, if none is named for their roles.

    With `"resource_ids": []` any will do.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"date": "2026-03-17", "time": "15:30"}]})

    override: Annotated[
        list[Waivable],
        Field(default_factory=list, max_length=3, description="Rules to be passed over, by members only"),
    ]

    def command(self) -> Another:
        """Return what bookings are asked for."""
        return Another(start=self.start(), resource_ids=self.named(), overrides=tuple(self.override))
