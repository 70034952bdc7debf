"""Shapes of resources."""

from collections.abc import Container
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from domain.catalog.rules import NewResource
from domain.catalog.service import Offering
from web.answers import View
from web.fields import BusinessId, Line, Name, ResourceId, ServiceId, UserId
from web.moments import Instant
from web.pagination import Listing, PageQuery
from web.parsing import Changes, Path, Schema, unsent
from web.schemas.stranding import Stranding

CHAIR: JsonDict = {
    "business_id": "biz_01k5e2v8x3q7m9n4p6r0s2t4w6",
    "name": "Chair 1",
    "kind": "chair",
    "service_ids": ["svc_01k5e2v8x3q7m9n4p6r0s2t4w6"],
}

Kind = Annotated[Line, Field(max_length=40, description="A word of your own: person, room, chair", examples=["chair"])]
Services = Annotated[list[ServiceId], Field(max_length=500, description="What it is said to offer")]
Priority = Annotated[int, Field(ge=-10_000, le=10_000, description="Of two that could serve, the lower does")]
Person = Annotated[UserId | None, Field(description="The member of the business that it is")]


class ResourceRequest(Schema):
    """A resource to be added."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHAIR]})

    business_id: BusinessId
    name: Name
    kind: Kind = "resource"
    service_ids: Services = Field(default_factory=list)
    priority: Priority = 0
    user_id: Person = None

    def command(self) -> NewResource:
        """Return what the catalog is asked to do."""
        return NewResource(
            name=self.name,
            kind=self.kind,
            service_ids=frozenset(self.service_ids),
            priority=self.priority,
            user_id=self.user_id,
        )


class ResourceChanges(Changes):
    """What is to be changed of a resource; `service_ids` replaces what it is said to offer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Chair by the window", "priority": 1}]})

    name: Name = unsent()
    kind: Kind = unsent()
    service_ids: Services = unsent()
    priority: Priority = unsent()
    user_id: Person = None


class ResourcePath(Path):
    """Which resource."""

    resource_id: ResourceId


class ResourcesQuery(PageQuery):
    """Which resources."""

    business_id: Annotated[BusinessId, Field(description="Whose resources")]
    service_id: Annotated[ServiceId | None, Field(description="Only those that offer this service")] = None


class ResourceView(View):
    """A resource, as anybody signed in sees it."""

    id: ResourceId
    object: Literal["resource"] = "resource"
    business_id: BusinessId
    name: str
    kind: str
    service_ids: Annotated[list[ServiceId], Field(description="The active services that it is said to offer")]
    priority: int
    is_default: Annotated[bool, Field(description="It also offers what no resource is said to offer")]
    user_id: Annotated[UserId | None, Field(description="The member that it is; told to members only")]
    archived_at: Instant | None
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, offering: Offering, *, member_of: Container[UUID]) -> "ResourceView":
        """Show a row to somebody who is a member of these businesses."""
        resource, service_ids = offering
        own = {name: getattr(resource, name) for name in cls.model_fields if hasattr(resource, name)}
        person = resource.user_id if resource.business_id in member_of else None
        return cls.model_validate(own | {"service_ids": list(service_ids), "user_id": person})


class ResourceChangeView(Stranding, ResourceView):
    """A resource after a change."""

    @classmethod
    def after(cls, offering: Offering, stranded: int) -> "ResourceChangeView":
        """Show a row to a member, and how many bookings the change has stranded."""
        view = ResourceView.of(offering, member_of={offering.resource.business_id})
        return cls(**dict(view), stranded_bookings=stranded)


ResourceList = Listing[ResourceView]
