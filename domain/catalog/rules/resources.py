"""What it takes to add a resource."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """A resource to be added; of two that are free and equally busy, the lower priority serves."""

    name: str
    kind: str = "resource"
    service_ids: frozenset[UUID] = frozenset()
    priority: int = 0
    user_id: UUID | None = None
