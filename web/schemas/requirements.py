"""Shapes of what a service needs at once."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.catalog.rules import NewRequirement
from web.answers import View
from web.fields import Line, ResourceId
from web.parsing import Schema


class RequirementRequest(Schema):
    """A role, and the resources of which one has to fill it."""

    role: Annotated[Line, Field(max_length=40, description="A word of your own", examples=["stylist"])]
    resource_ids: Annotated[list[ResourceId], Field(max_length=500, description="Any one of these")]

    def value(self) -> NewRequirement:
        """Return what the catalog keeps."""
        return NewRequirement(role=self.role, resource_ids=tuple(dict.fromkeys(self.resource_ids)))


def _distinct(needs: list[RequirementRequest]) -> list[RequirementRequest]:
    if len({need.role for need in needs}) < len(needs):
        raise PydanticCustomError("invalid", "Each role should be named once")
    return needs


Requirements = Annotated[
    Annotated[
        list[RequirementRequest],
        Field(min_length=1, max_length=10),
        AfterValidator(_distinct),
    ]
    | None,
    Field(
        description="What it needs at once: one resource for each role, the first of which sets the grid of its starts"
    ),
]


class RequirementView(View):
    """A role, and the resources of which one has to fill it."""

    role: str
    resource_ids: Annotated[
        list[ResourceId],
        Field(description="Those said to; if nobody is said to offer the service, the default one does"),
    ]
