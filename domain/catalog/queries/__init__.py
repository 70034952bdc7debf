"""Every SQL statement of the catalog room: businesses, services, resources, hours."""

from domain.catalog.queries.businesses import (
    business,
    business_by_slug,
    business_for_update,
    businesses,
    insert_business,
    lane_for_update,
    saved,
)
from domain.catalog.queries.hours import schedule, schedules, time_off, times_off
from domain.catalog.queries.resources import (
    has_resource,
    is_member,
    is_served_by,
    offers,
    resource,
    resources,
    resources_for_update,
    said_to_offer,
    say_offers,
    unsay_offers,
)
from domain.catalog.queries.services import has_price, has_unnamed, own_services, service, services, services_by_id

__all__ = [
    "business",
    "business_by_slug",
    "business_for_update",
    "businesses",
    "has_price",
    "has_resource",
    "has_unnamed",
    "insert_business",
    "is_member",
    "is_served_by",
    "lane_for_update",
    "offers",
    "own_services",
    "resource",
    "resources",
    "resources_for_update",
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
