"""The shape of a role that a resource fills."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import Field

from web.answers import View
from web.fields import ResourceId


class RoleView(View):
    """A resource, and the role of the service that it fills."""

    role: Annotated[str, Field(description="As the service names it", examples=["stylist"])]
    resource_id: ResourceId

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> "RoleView":
        """Show what a booking keeps."""
        return cls(role=kept["role"], resource_id=UUID(kept["resource_id"]))
