"""Every SQL statement of the catalog room: businesses, services, resources, hours."""

from domain.catalog.queries.businesses import (
    business,
    business_by_slug,
    businesses,
    insert_business,
    lane_for_update,
    saved,
)
from domain.catalog.queries.hours import schedule, schedules, time_off, times_off
from domain.catalog.queries.resources import (
    Able,
    has_resource,
    is_served_by,
    offers,
    offers_for_update,
    resource,
    resources,
    resources_for_update,
    said_to_offer,
    say_offers,
    unsay_offers,
)
from domain.catalog.queries.services import (
    has_price,
    offered,
    own_services,
    rests_on,
    service,
    services,
    services_by_id,
)

__all__ = [
    "Able",
    "business",
    "business_by_slug",
    "businesses",
    "has_price",
    "has_resource",
    "insert_business",
    "is_served_by",
    "lane_for_update",
    "offered",
    "offers",
    "offers_for_update",
    "own_services",
    "resource",
    "resources",
    "resources_for_update",
    "rests_on",
    "said_to_offer",
    "saved",
    "say_offers",
    "schedule",
    "schedules",
    "service",
    "services",
    "services_by_id",
    "time_off",
    "times_off",
    "unsay_offers",
]
